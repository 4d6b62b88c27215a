"""Images that somebody made to do harm: nothing leaves the root, nothing grows without bound, and what is lost is said."""

import errno
import gzip
import hashlib
import io
import json
import tarfile
import time
import tracemalloc

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.roots.images import Layout, archive, digest, docker, encoded, entry, files, folder, hard, link, oci
from adapters.roots.support import by_path, losses, nodes
from casemate.adapters.roots import blobs, layers
from casemate.adapters.roots.blobs import Limits, NoImage
from casemate.adapters.roots.image import ImageRoot
from casemate.adapters.roots.tarball import Broken
from casemate.model.errors import EnvironmentFault
from casemate.model.host import NodeKind
from casemate.model.outcome import NotExamined, Reason


@pytest.fixture
def made(tmp_path):
    """Writes an image's files as an archive, and opens it."""
    roots = []

    def make(contents, **options):
        data = contents if isinstance(contents, bytes) else files(contents)
        (tmp_path / "image.tar").write_bytes(data)
        roots.append(ImageRoot(tmp_path / "image.tar", **options))
        return roots[-1]

    yield make
    for root in roots:
        root.close()


def paths(root):
    return [node.path for node in nodes(root)]


def said(root):
    return [(loss.what, loss.reason) for loss in losses(root)]


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/../x", "..", "a/../..", "./../etc/passwd"])
def test_names_that_leave_the_root(made, name):
    """They are refused, each said."""
    root = made(oci(archive(folder("a"), entry(name))))
    assert paths(root) == ["/", "/a"]
    assert [reason for _, reason in said(root)] == [Reason.LINK_OUTSIDE]


def test_absolute_names_and_dots(made):
    """They are below the image's root."""
    assert paths(made(oci(archive(entry("/etc/x"), entry("./a//b/./c"), entry("d/../e"))))) == [
        "/",
        "/a",
        "/a/b",
        "/a/b/c",
        "/e",
        "/etc",
        "/etc/x",
    ]


@pytest.mark.parametrize("target", ["../../etc/passwd", "/etc/passwd", "missing", "folder", "", "a/../../b"])
def test_hard_links_out(made, target):
    """One to what is not in the image, or to a folder, is no file, and said."""
    root = made(oci(archive(folder("folder"), hard("x", target))))
    assert paths(root) == ["/", "/folder"]
    assert [what for what, _ in said(root)] == ["/x"]


@pytest.mark.parametrize("name", [".wh...", ".wh..", ".wh.", "a/.wh...", "../.wh.a", ".wh..wh..wh..opq"])
def test_whiteouts_of_what_is_no_name(made, name):
    """Neither the root nor a folder above is taken away."""
    assert paths(made(oci(archive(folder("a"), entry("a/b")), archive(entry(name))))) == ["/", "/a", "/a/b"]


def test_whiteouts_through_links(made):
    """A link is followed inside the root only; a whiteout of the link takes the link."""
    lower = archive(folder("etc"), entry("etc/keep"), link("out", "../../.."), link("l", "etc"))
    assert paths(made(oci(lower, archive(entry("out/.wh.etc"))))) == ["/", "/l", "/out"]
    assert paths(made(oci(lower, archive(entry(".wh.l"))))) == ["/", "/etc", "/etc/keep", "/out"]


def test_links_in_a_circle(made):
    """A name through them is refused, and said."""
    root = made(oci(archive(link("a", "b"), link("b", "a"), entry("a/x"), entry(".wh.z"), entry("a/.wh.y"))))
    assert paths(root) == ["/", "/a", "/b"]
    assert {what for what, _ in said(root)} >= {"/a/x"}


def test_below_a_file(made):
    """A name below what is no folder is refused, and said."""
    assert said(made(oci(archive(entry("f"), entry("f/x"))))) == [("/f/x", Reason.SYNTAX)]


def test_names_with_control_characters(made):
    """They are kept as they are, bytes that are no UTF-8 in their shown form."""
    root = made(oci(archive(entry("a\nb"), entry("\x1b[31m"), entry("caf\udce9"), link("l", "caf\udce9"))))
    assert paths(root) == ["/", "/\x1b[31m", "/a\nb", "/caf\\xe9", "/l"]
    assert by_path(root)["/l"].target == "caf\\xe9"


def test_duplicate_entries(made):
    """The last one counts, and hides what was below the first."""
    root = made(
        oci(archive(entry("a", content=b"1"), entry("a", content=b"22"), folder("b"), entry("b/c"), entry("b")))
    )
    assert [(n.path, n.kind, n.size) for n in nodes(root)][1:] == [("/a", NodeKind.FILE, 2), ("/b", NodeKind.FILE, 0)]


def test_deep_nesting(made):
    """Ten thousand levels are cut where the walk over a folder is cut, in one entry or in many."""
    root = made(oci(archive(entry("d/" * 10_000 + "x"), folder("e/" * 1_900), entry("ok"))))
    assert max(path.count("/") for path in paths(root)) == layers.MAX_DEPTH
    assert sorted(reason for _, reason in said(root)) == [Reason.TOO_DEEP, Reason.TOO_LARGE]
    assert "/ok" in paths(root)


def test_too_many_entries(made):
    """Beyond the limit nothing is taken in; what is there is kept, and the rest is said."""
    many = archive(*(entry(f"f{number}") for number in range(200)))
    root = made(oci(many, archive(entry("later"))), limits=Limits(entries=50))
    assert len(paths(root)) == 51
    assert [reason for _, reason in said(root)] == [Reason.STEP_LIMIT] * 2


@pytest.mark.parametrize("pack", [lambda data: gzip.compress(data, 9), zstd.compress])
def test_a_bomb(made, pack):
    """What unpacks to far more than it is stops being unpacked, in little memory and time; what was before it is there."""
    bomb = pack(archive(entry("first", content=b"1"), entry("bomb", content=bytes(30_000_000)), entry("after")))
    layout = Layout()
    layout.add([bomb], diffs=[])
    contents = layout.contents()
    for limits in (Limits(bytes=1_000_000), Limits(ratio=20, ratio_from=1_000_000)):
        root = made(contents, limits=limits)
        tracemalloc.start()
        started = time.process_time()
        assert paths(root) == ["/", "/bomb", "/first"]
        assert time.process_time() - started < 1
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
        tracemalloc.stop()
        assert [reason for _, reason in said(root)] == [Reason.TOO_LARGE]
        lost = root.read(by_path(root)["/bomb"], 30_000_000)
        assert isinstance(lost, NotExamined)
        assert root.read(by_path(root)["/first"], 9) == b"1"


def test_an_archive_that_is_a_bomb(made):
    """As is the image's own file."""
    with pytest.raises(NoImage, match=r"unpacks to more than"):
        made(gzip.compress(bytes(3_000_000)), limits=Limits(bytes=1_000_000)).nodes()


def test_many_empty_gzip_members(made):
    """Nothing for ever is no layer."""
    layout = Layout()
    layout.add([gzip.compress(b"") * 5_000], diffs=[])
    assert [reason for _, reason in said(made(layout.contents()))] == [Reason.SYNTAX]


@pytest.mark.parametrize("cut", [20, 300, 700, 1_100])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd.compress])
def test_a_truncated_layer(made, pack, cut):
    """One whose own digest is right: what is before the end is kept, and the end is said."""
    noise = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(100))
    packed = pack(archive(entry("a", content=noise[:600]), entry("b", content=noise)))[:cut]
    layout = Layout()
    layout.add([packed], diffs=[])
    assert [reason for _, reason in said(made(layout.contents()))] == [Reason.SYNTAX]


def test_a_layer_that_is_not_what_its_digest_says(made):
    """Blob, layer of docker save, manifest and configuration: the image is refused."""
    contents = oci(archive(entry("a", content=b"good")))
    for name in [name for name in contents if name.startswith("blobs/")]:
        changed = {**contents, name: contents[name].replace(b"good", b"evil").replace(b"linux", b"linuX") + b" "}
        with pytest.raises(NoImage, match=r"is not what its digest says"):
            made(changed).nodes()
    old = docker(archive(entry("a", content=b"good")))
    for name in [name for name in old if name.endswith("layer.tar") or (name[:1] != "m" and name.endswith(".json"))]:
        with pytest.raises(NoImage, match=r"is not what its digest says"):
            made({**old, name: old[name].replace(b"good", b"evil").replace(b"linux", b"linuX")}).nodes()


def test_headers_that_lie(made):
    """Sizes beyond the file, extended headers without end, numbers that are none: the layer ends there, and it is said."""
    plain = archive(entry("a", content=b"x" * 10), entry("b"))

    def changed(at, value):
        header = bytearray(plain)
        header[at : at + len(value)] = value
        header[148:156] = b"        "
        header[148:156] = b"%06o\0 " % sum(header[:512])
        return bytes(header)

    for at, value in (
        (124, b"77777777777"),
        (124, b"\x80" + b"\x7f" * 11),
        (124, b"\xff" * 12),
        (108, b"0x1f"),
        (156, b"x"),
    ):
        assert [reason for _, reason in said(made(oci(changed(at, value))))] == [Reason.SYNTAX], value
    endless = archive(*(entry("", b"g") for _ in range(300)), entry("a"))
    assert [reason for _, reason in said(made(oci(endless)))] == [Reason.TOO_LARGE]
    large = tarfile.TarInfo("x")
    large.type, large.size = b"x", 2 << 20
    assert [r for _, r in said(made(oci(large.tobuf() + bytes(3 << 20))))] == [Reason.TOO_LARGE]
    assert [r for _, r in said(made(oci(plain[:512] + bytes(512) + bytes(512)[:-1] + b"x" + plain)))] == [Reason.SYNTAX]


def test_sparse_files(made):
    """Their nodes are there with their real size; their contents are said not to be known. What follows is not lost."""
    info = tarfile.TarInfo("sparse")
    info.size = 5
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.name": "real", "GNU.sparse.realsize": "4096"}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(info, io.BytesIO(b"12345"))
        tar.addfile(tarfile.TarInfo("after"))
    root = made(oci(out.getvalue()))
    assert [(n.path, n.size) for n in nodes(root)] == [("/", 0), ("/after", 0), ("/real", 4096)]
    lost = root.read(by_path(root)["/real"], 9)
    assert isinstance(lost, NotExamined)
    assert lost.reason is Reason.NOT_UNDERSTOOD


def test_an_owner_that_is_none(made):
    """(uid_t)-1 owns nothing: the entry is refused, and said. So is a type that nobody knows."""
    root = made(oci(archive(entry("a", pax={"uid": str(2**32 - 1)}), entry("b", b"Z"), entry("c"))))
    assert (paths(root), [what for what, _ in said(root)]) == (["/", "/c"], ["/a", "/b"])


def test_many_losses_are_few_entries(made):
    """The first are named, the rest counted."""
    root = made(oci(archive(*(entry(f"../{number}") for number in range(150)))))
    found = losses(root)
    assert (len(found), sum(loss.files for loss in found)) == (layers.MAX_LOSSES + 1, 150)


def test_names_that_take_long(made, monkeypatch):
    """Links that lead through one another are looked up for a bounded number of steps, over the whole image."""
    monkeypatch.setattr(layers, "MAX_STEPS", 2_000)
    maze = archive(folder("a"), link("l", "a/../" * 200 + "a"), *(entry(f"l/./f{n}/x") for n in range(50)))
    assert Reason.STEP_LIMIT in [reason for _, reason in said(made(oci(maze)))]


BAD = {
    "empty": b"",
    "text": b"no image at all",
    "an archive of something": files({"README": b"x"}),
    "cut": files(oci(archive(entry("a"))))[:-11_000],
    "damaged": gzip.compress(files({"README": b"x" * 9_000}))[:-20],
    "index is no JSON": files({"index.json": b"{"}),
    "index is deep": files({"index.json": b"[" * 100_000}),
    "index is a list": files({"index.json": b"[]"}),
    "no manifest": files({"index.json": b'{"manifests": []}'}),
    "manifests are no list": files({"index.json": b'{"manifests": 3}'}),
    "a path for a digest": files({"index.json": encoded({"manifests": [{"digest": "sha256:../../etc/passwd"}]})}),
    "an unknown digest": files({"index.json": encoded({"manifests": [{"digest": "md5:" + "0" * 32}]})}),
    "no blob": files({"index.json": encoded({"manifests": [{"digest": "sha256:" + "0" * 64}]})}),
    "large": files({"index.json": b" " * (5 << 20)}),
    "an empty list": files({"manifest.json": b"[]"}),
    "no config": files({"manifest.json": encoded([{"Config": "x", "Layers": []}])}),
    "a number for a layer": files({"manifest.json": encoded([{"Config": "x", "Layers": [3]}]), "x": b"{}"}),
    "a layer outside": files({"manifest.json": encoded([{"Config": "x", "Layers": ["../../etc/passwd"]}]), "x": b"{}"}),
    "a circle of links": archive(link("manifest.json", "b"), link("b", "manifest.json")),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_image(made, name):
    """An error for the operator, in one line with what to do, and never a traceback."""
    with pytest.raises(NoImage) as error:
        made(BAD[name]).nodes()
    assert "\n" not in str(error.value)
    assert error.value.next_step


def test_indexes_within_indexes(made):
    """One that holds itself is impossible by its digest; a long chain of them is refused."""
    layout = Layout()
    inner = layout.blob(encoded({"manifests": []}))
    for _ in range(150):
        inner = layout.blob(encoded({"manifests": [inner]}))
    with pytest.raises(NoImage, match=r"too many indexes|names no manifest"):
        made({**layout.contents(), "index.json": encoded({"manifests": [inner]})}).nodes()


def test_places_that_are_none(tmp_path):
    """Missing, a device, an empty folder: for the operator to mend."""
    for place in (tmp_path / "missing", "/dev/null"):
        with pytest.raises(NoImage):
            ImageRoot(tmp_path / place)
    with ImageRoot(tmp_path) as root, pytest.raises(NoImage, match=r"mount a disk's image"):
        root.nodes()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_damage(tmp_path_factory, data):
    """Bytes changed anywhere in a layer, with the digests made anew: nodes inside the root, or what was lost."""
    layer = bytearray(
        archive(folder("a"), entry("a/b", content=b"x" * 99), link("l", "a"), hard("h", "a/b"), entry("a/.wh.c"))
    )
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(layer) - 1))
        layer[at] = data.draw(st.integers(0, 255))
        start = at - at % 512
        if data.draw(st.booleans()):
            layer[start + 148 : start + 156] = b" " * 8
            layer[start + 148 : start + 156] = b"%06o\0 " % (sum(layer[start : start + 512]) & 0o777777)
    place = tmp_path_factory.getbasetemp() / "damaged.tar"
    place.write_bytes(files(oci(bytes(layer))))
    with ImageRoot(place) as root:
        for node in nodes(root):
            assert "/../" not in node.path + "/"
            if node.kind is NodeKind.FILE:
                root.read(node, 99)


def test_documents_are_checked_against_their_digests():
    """The helpers of these tests make what they say."""
    contents = oci(archive(entry("a")))
    (manifest,) = json.loads(contents["index.json"])["manifests"]
    assert digest(contents["blobs/" + manifest["digest"].replace(":", "/")]) == manifest["digest"]
    assert issubclass(Broken, Exception)


def test_no_room_to_unpack(made, monkeypatch):
    """A full disk is the machine's fault, in words; nothing is left behind."""
    root = made(oci(gzip.compress(archive(entry("a")))))

    class Full(io.BytesIO):
        def fileno(self):
            return 0

        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(blobs.tempfile, "TemporaryFile", lambda **_: Full())
    with pytest.raises(EnvironmentFault, match=r"No space left on device; let TMPDIR name a folder with more room"):
        root.nodes()
