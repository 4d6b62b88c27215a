"""Which layers an image file or folder holds, for which platform: manifests and configurations, with their digests checked.

Sources: the OCI image specification (image-layout.md, image-index.md, manifest.md, config.md) and, for manifest.json, the Docker
image specification v1.2.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from casemate.adapters.filenames import shown
from casemate.adapters.roots.blobs import DIGEST, NoImage, Region
from casemate.model.outcome import NotExamined, Reason

MAX_JSON: Final = 4 << 20
MAX_LAYERS: Final = 500
MAX_INDEXES: Final = 100  # of indexes within indexes
ARCHITECTURES: Final = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "armv7l": "arm",
    "armv6l": "arm",
    "i386": "386",
    "i686": "386",
}

Find = Callable[[str], Region | None]
"""Where a file of the image lies, by its path; None when it has none."""

_OTHER_IMAGES = "another image in the same file; only the first is examined"


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer. digest: of the blob, diff: of the tar archive within; "" where nothing says it."""

    name: str
    region: Region
    digest: str = ""
    diff: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """The layers, the lowest first. platform: "linux/amd64", "" when nothing says it. losses: the other images in the file.

    digest: of what names every layer by a digest that is compared: the manifest of an OCI layout, the configuration of what
    `docker save` writes; "" where nothing does.
    """

    layers: tuple[Layer, ...]
    platform: str = ""
    losses: tuple[NotExamined, ...] = ()
    digest: str = ""


def image(find: Find, machine: str) -> Image | None:
    """The image in a file or folder; None when there is none of a known form. machine: as uname(2) calls it.

    Raises NoImage when it is one and is broken.
    """
    if (index := find("index.json")) is not None:
        return _from_index(find, _document(index, "index.json"), ARCHITECTURES.get(machine, machine))
    if (listing := find("manifest.json")) is not None:
        return _from_list(find, _document(listing, "manifest.json"))
    return None


def _from_index(find: Find, index: Any, architecture: str) -> Image:
    found = list(_manifests(find, index))
    if not found:
        raise NoImage("the image's index names no manifest", next_step="save the image again")
    platforms = [_platform(descriptor.get("platform")) for descriptor in found]
    chosen = next((i for i, p in enumerate(platforms) if p.split("/")[:2] == ["linux", architecture]), 0)
    manifest = _mapping(_blob(find, _digest(found[chosen], "manifest")), "the manifest")
    config = _mapping(manifest.get("config"), "the manifest's config")
    settings = _mapping(_blob(find, _digest(config, "configuration")), "the configuration")
    diffs = _diffs(settings)
    layers = []
    for number, descriptor in enumerate(_list(manifest.get("layers"), "layers")):
        digest = _digest(_mapping(descriptor, "a layer"), "layer")
        region = find(_place(digest))
        if region is None:
            raise NoImage(f"the image lacks its layer {digest}", next_step="save the image with all of its layers")
        layers.append(Layer(digest, region, digest, diffs[number] if number < len(diffs) else ""))
    platform = platforms[chosen] or _platform(settings)
    losses = []
    for number, (other, descriptor) in enumerate(zip(platforms, found, strict=True)):
        if number != chosen:
            of_it = other and other != platforms[chosen]
            detail = f"another platform of the image; {platform} is examined" if of_it else _OTHER_IMAGES
            name = f"{other or 'image'} {_digest(descriptor, 'manifest')}"
            losses.append(NotExamined(what=name, reason=Reason.EXCLUDED, detail=detail, deliberate=bool(of_it)))
    return Image(tuple(layers), platform, tuple(losses), _digest(found[chosen], "manifest"))


def _manifests(find: Find, index: Any) -> Iterator[Mapping[str, Any]]:
    """The descriptors of all manifests, those of indexes within the index among them, each once."""
    todo, seen = [index], set[str]()
    for _ in range(MAX_INDEXES):
        if not todo:
            return
        for entry in _list(_mapping(todo.pop(), "the index").get("manifests"), "manifests"):
            descriptor = _mapping(entry, "a manifest's descriptor")
            notes = descriptor.get("annotations")
            if isinstance(notes, dict) and "vnd.docker.reference.type" in notes:
                continue  # an attestation about an image, in the form of one
            digest = _digest(descriptor, "manifest")
            if digest in seen:
                continue
            seen.add(digest)
            if find(_place(digest)) is None:
                continue  # of a platform that was not saved
            kind = descriptor.get("mediaType")
            document = _mapping(_blob(find, digest), "a manifest") if not _is_manifest(kind) else {}
            if "manifests" in document:
                todo.append(document)
            else:
                yield descriptor
    raise NoImage("the image's index holds too many indexes", next_step="save a single image")


def _is_manifest(kind: Any) -> bool:
    return isinstance(kind, str) and bool(re.search(r"\bmanifest\.v[12]\+json$", kind))


def _from_list(find: Find, listing: Any) -> Image:
    entries = [_mapping(entry, "an entry of manifest.json") for entry in _list(listing, "manifest.json")]
    if not entries:
        raise NoImage("the image's manifest.json is empty", next_step="save the image again")
    name = _text(entries[0].get("Config"), "Config")
    region = find(name)
    if region is None:
        raise NoImage(f"the image lacks its configuration {shown(name)!r}", next_step="save the image again")
    stated = re.search(r"(?:^|/)([0-9a-f]{64})(?:\.json)?$", name)
    settings = _mapping(_document(region, name, f"sha256:{stated[1]}" if stated else ""), "the configuration")
    diffs = _diffs(settings)
    layers = []
    for number, entry in enumerate(_list(entries[0].get("Layers"), "Layers")):
        path = _text(entry, "a layer")
        found = find(path)
        if found is None:
            raise NoImage(f"the image lacks its layer {shown(path)!r}", next_step="save the image again")
        blob = re.fullmatch(r"blobs/(sha256|sha512)/([0-9a-f]+)", path)
        diff = diffs[number] if number < len(diffs) else ""
        # The configuration's word counts before the path's, which nothing vouches for.
        layers.append(Layer(shown(path), found, f"{blob[1]}:{blob[2]}" if blob and not diff else "", diff))
    others = tuple(
        NotExamined(what=shown(_text(entry.get("Config"), "Config")), reason=Reason.EXCLUDED, detail=_OTHER_IMAGES)
        for entry in entries[1:]
    )
    named = stated is not None and len(diffs) == len(layers)
    return Image(tuple(layers), _platform(settings), others, f"sha256:{stated[1]}" if stated and named else "")


def _diffs(settings: Mapping[str, Any]) -> list[str]:
    rootfs = settings.get("rootfs")
    diffs = rootfs.get("diff_ids") if isinstance(rootfs, dict) else None
    return [_checked(diff, "layer") for diff in _list(diffs, "diff_ids")] if diffs else []


def _platform(said: Any) -> str:
    if not isinstance(said, dict) or not isinstance(said.get("architecture"), str):
        return ""
    parts = (said.get("os", "linux"), said["architecture"], said.get("variant", ""))
    return "/".join(shown(part)[:40] for part in parts if part and isinstance(part, str))


def _digest(descriptor: Mapping[str, Any], what: str) -> str:
    return _checked(descriptor.get("digest"), what)


def _checked(digest: Any, what: str) -> str:
    if not isinstance(digest, str) or not DIGEST.fullmatch(digest):
        raise NoImage(
            f"the image names a {what} by {str(digest)[:100]!r}, which is no digest by SHA-256 or SHA-512",
            next_step="save the image again",
        )
    return digest


def _place(digest: str) -> str:
    return "blobs/" + digest.replace(":", "/")


def _blob(find: Find, digest: str) -> Any:
    region = find(_place(digest))
    if region is None:
        raise NoImage(f"the image lacks {digest}", next_step="save the image again")
    return _document(region, digest, digest)


def _document(region: Region, name: str, digest: str = "") -> Any:
    """A JSON file; NoImage when it is none, or not that which its digest says."""
    data = region.read(0, MAX_JSON + 1)
    if len(data) > MAX_JSON:
        raise NoImage(f"{shown(name)!r} in the image has more than {MAX_JSON} bytes", next_step="save the image again")
    algorithm, _, stated = digest.partition(":")
    if digest and hashlib.new(algorithm, data).hexdigest() != stated:
        raise mismatch(name)
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NoImage(f"{shown(name)!r} in the image is no JSON", next_step="save the image again") from error


def mismatch(name: str) -> NoImage:
    """The error for what was changed after the image was made."""
    return NoImage(
        f"{shown(name)!r} in the image is not what its digest says: the file is damaged or was tampered with",
        next_step="get the image again from where it came from",
    )


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NoImage(f"{what} of the image has another form than is specified", next_step="save the image again")
    return value


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > MAX_LAYERS:
        raise NoImage(f"{what!r} in the image is no list of at most {MAX_LAYERS}", next_step="save the image again")
    return value


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise NoImage(f"{what!r} in the image's manifest.json is no text", next_step="save the image again")
    return value
