# -*- coding: utf-8 -*-
"""Archives: bundles from the branches, scans from the mail room, the yearly tapes."""
import os
import shutil
import tarfile
import zipfile


def unpack_bundle(stream, folder):
    bundle = tarfile.open(fileobj=stream, mode="r:*")
    try:
        bundle.extractall(folder)
        return bundle.getnames()
    finally:
        bundle.close()


def unpack_tape(path, folder):
    with tarfile.open(path) as tape:
        tape.extractall(folder, filter="data")


def unpack_checked(path, folder):
    root = os.path.realpath(folder)
    with tarfile.open(path) as bundle:
        for member in bundle.getmembers():
            target = os.path.realpath(os.path.join(root, member.name))
            if not member.isfile() or not target.startswith(root + os.sep):
                continue
            with open(target, "wb") as out:
                shutil.copyfileobj(bundle.extractfile(member), out)


def unpack_scans(path, folder):
    written = []
    with zipfile.ZipFile(path) as scans:
        for info in scans.infolist():
            target = os.path.join(folder, info.filename)
            with open(target, "wb") as out:
                out.write(scans.read(info))
            written.append(target)
    return written


def unpack_photos(path, folder):
    with zipfile.ZipFile(path) as photos:
        photos.extractall(folder)
