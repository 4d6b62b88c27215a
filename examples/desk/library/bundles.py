"""Articles and their pictures come from the other sites as archives."""

import io
import tarfile
import zipfile
from pathlib import Path

import yaml
from django.conf import settings


def unpack(stream, site):
    """A bundle of the old format."""
    target = Path(settings.BUNDLES) / site
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=stream) as bundle:
        bundle.extractall(target)
        return bundle.getnames()


def unpack_pictures(stream):
    target = Path(settings.BUNDLES) / "pictures"
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=stream) as bundle:
        bundle.extractall(target, filter="data")
        return bundle.getnames()


def names_in(data):
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        return bundle.namelist()


def read_index(data):
    return yaml.load(data, Loader=yaml.Loader)["articles"]


def read_outline(data):
    return yaml.safe_load(data)["chapters"]
