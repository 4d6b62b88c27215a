# -*- coding: utf-8 -*-
"""The document store: scanned letters and contracts, one folder for each customer."""
import os
import shutil


class DocumentStore(object):
    def __init__(self, root):
        self.root = root

    def path_of(self, customer, name):
        return os.path.join(self.root, customer, name)

    def read(self, customer, name):
        path = self.path_of(customer, name)
        with open(path, "rb") as handle:
            return handle.read()

    def read_checked(self, name):
        root = os.path.realpath(self.root)
        path = os.path.realpath(os.path.join(root, name))
        if not path.startswith(root + os.sep):
            raise ValueError("outside of the store")
        with open(path, "rb") as handle:
            return handle.read()

    def purge(self, number):
        folder = os.path.join(self.root, "tmp", "%08d" % int(number))
        if os.path.isdir(folder):
            shutil.rmtree(folder)


def read_log(folder, name, lines=200):
    folder = os.path.abspath(folder)
    path = os.path.abspath(os.path.join(folder, name))
    if not path.startswith(folder):
        raise ValueError("not a log")
    with open(path) as handle:
        return handle.readlines()[-lines:]
