"""Images made by hand, for the tests of image roots."""

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass, field


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def entry(name, kind=tarfile.REGTYPE, *, content=b"", mode=0o644, uid=0, gid=0, link="", pax=None):
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.uid, info.gid, info.linkname = kind, mode, uid, gid, link
    info.size = len(content)
    info.pax_headers = pax or {}
    return info, content


def folder(name, **kw):
    return entry(name, tarfile.DIRTYPE, **{"mode": 0o755, **kw})


def link(name, target):
    return entry(name, tarfile.SYMTYPE, link=target, mode=0o777)


def hard(name, target):
    return entry(name, tarfile.LNKTYPE, link=target)


def archive(*entries, form=tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, errors="surrogateescape") as tar:
        for info, content in entries:
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def files(contents: dict[str, bytes]) -> bytes:
    return archive(*(entry(name, content=data) for name, data in contents.items()))


@dataclass
class Layout:
    """An OCI layout in a dictionary."""

    blobs: dict[str, bytes] = field(default_factory=dict)
    manifests: list[dict] = field(default_factory=list)

    def blob(self, data: bytes) -> dict:
        self.blobs["blobs/" + digest(data).replace(":", "/")] = data
        return {"digest": digest(data), "size": len(data)}

    def add(self, layers: list[bytes], architecture="amd64", diffs=None, **descriptor) -> dict:
        config = {
            "architecture": architecture,
            "os": "linux",
            "rootfs": {
                "type": "layers",
                "diff_ids": diffs if diffs is not None else [digest(plain(x)) for x in layers],
            },
        }
        manifest = {"schemaVersion": 2, "config": self.blob(encoded(config)), "layers": [self.blob(x) for x in layers]}
        kind = "application/vnd.oci.image.manifest.v1+json"
        made = {"mediaType": kind, **self.blob(encoded(manifest)), **descriptor}
        self.manifests.append(made)
        return made

    def contents(self) -> dict[str, bytes]:
        index = encoded({"schemaVersion": 2, "manifests": self.manifests})
        return {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}', "index.json": index, **self.blobs}


def plain(layer: bytes) -> bytes:
    return gzip.decompress(layer) if layer[:2] == b"\x1f\x8b" else layer


def encoded(document) -> bytes:
    return json.dumps(document).encode()


def oci(*layers: bytes) -> dict[str, bytes]:
    layout = Layout()
    layout.add(list(layers))
    return layout.contents()


def docker(*layers: bytes) -> dict[str, bytes]:
    """As docker save wrote it before version 25."""
    config = encoded({"architecture": "arm64", "os": "linux", "rootfs": {"diff_ids": [digest(x) for x in layers]}})
    names = [f"{number:064x}/layer.tar" for number in range(len(layers))]
    listing = [{"Config": digest(config)[7:] + ".json", "RepoTags": ["a:b"], "Layers": names}]
    return {
        **dict(zip(names, layers, strict=True)),
        digest(config)[7:] + ".json": config,
        "manifest.json": encoded(listing),
        "repositories": b"{}",
    }
