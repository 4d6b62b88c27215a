"""Images as roots: every form, what layers do to one another, and the same nodes as from a folder."""

import gzip
import os
import tarfile
from pathlib import Path

import pytest
from backports import zstd

from adapters.roots.images import Layout, archive, digest, docker, encoded, entry, files, folder, hard, link, oci
from adapters.roots.support import ALICE_WRITES, SETUID, by_path, losses, nodes
from casemate.adapters.roots.blobs import NoImage
from casemate.adapters.roots.folder import FolderRoot
from casemate.adapters.roots.image import ImageRoot
from casemate.model.host import AclEntry, AclTag, Capabilities, NodeKind
from casemate.model.outcome import NotExamined, Reason

BASE = archive(
    folder("etc"),
    entry("etc/passwd", content=b"root:x:0:0::/root:/bin/sh\n"),
    entry("etc/shadow", content=b"root:*:\n", mode=0o640, gid=42),
    folder("tmp", mode=0o1777),
    folder("opt"),
    entry("opt/a", content=b"A"),
    entry("opt/b", content=b"BB", mode=0o4755),
)
PATHS = ["/", "/etc", "/etc/passwd", "/etc/shadow", "/opt", "/opt/a", "/opt/b", "/tmp"]


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


def content(root, path):
    return root.read(by_path(root)[path], 99)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd.compress], ids=["plain", "gzip", "zstd"])
@pytest.mark.parametrize("outer", [bytes, gzip.compress, zstd.compress], ids=["plain", "gzip", "zstd"])
def test_an_oci_archive(made, pack, outer):
    """Layers and the archive itself plain or packed: nodes, owners, modes and contents."""
    layout = Layout()
    layout.add([pack(BASE)], diffs=[digest(BASE)])
    root = made(outer(files(layout.contents())))
    assert (root.name, [seen.path for seen in root.nodes()], root.platform) == ("image.tar", PATHS, "linux/amd64")
    found = by_path(root)
    assert (found["/etc/shadow"].mode, found["/etc/shadow"].gid, found["/tmp"].mode) == (0o640, 42, 0o1777)
    assert (found["/opt/b"].mode, found["/opt/b"].size) == (0o4755, 2)
    assert content(root, "/etc/passwd") == b"root:x:0:0::/root:/bin/sh\n"
    assert root.read(found["/etc/passwd"], 4) == b"root"
    assert isinstance(root.read(found["/etc"], 4), NotExamined)


def test_an_oci_layout_in_a_folder(tmp_path):
    """The same, from files beside one another; a link in the place of a blob is not followed."""
    for name, data in oci(gzip.compress(BASE)).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with ImageRoot(tmp_path) as root:
        assert [node.path for node in nodes(root)] == PATHS
        assert content(root, "/opt/a") == b"A"
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    (tmp_path / "index.json").rename(tmp_path / "other")
    (tmp_path / "index.json").symlink_to("other")
    with ImageRoot(tmp_path) as root, pytest.raises(NoImage, match=r"neither index.json nor manifest.json"):
        root.nodes()


def test_what_docker_save_writes(made):
    """The old form, with a layer that is a link to another one, and the new form beside it."""
    contents = docker(BASE, archive(entry("opt/a", content=b"new")))
    root = made(contents)
    assert ([node.path for node in nodes(root)], root.platform) == (PATHS, "linux/arm64")
    assert content(root, "/opt/a") == b"new"
    names = [name for name in contents if name.endswith("layer.tar")]
    linked = [entry(name, content=data) for name, data in contents.items() if name != names[1]]
    twice = encoded([{"Config": "c.json", "Layers": names}])
    linked = [entry("c.json", content=encoded({})), *[e for e in linked if e[0].name != "manifest.json"]]
    linked += [entry("manifest.json", content=twice), link(names[1], f"../{names[0]}")]
    assert [node.path for node in nodes(made(archive(*linked)))] == PATHS
    layout = Layout()
    descriptor = layout.add([BASE])
    listing = encoded([{"Config": "none", "Layers": []}])
    assert [n.path for n in nodes(made({"manifest.json": listing, **layout.contents()}))] == PATHS
    assert descriptor["digest"]
    blob = "blobs/sha256/" + digest(BASE)[7:]
    config = encoded({})
    new = {blob: BASE, "x": config, "manifest.json": encoded([{"Config": "x", "Layers": [blob]}])}
    assert [n.path for n in nodes(made(new))] == PATHS


def test_what_docker_export_writes(made):
    """An archive of a root is a root of one layer, also with a dot before its names."""
    assert [node.path for node in nodes(made(BASE))] == PATHS
    assert [node.path for node in nodes(made(archive(folder("./"), folder("./etc"))))] == ["/", "/etc"]


def test_several_platforms(made):
    """This machine's is chosen, else the first; which others there are is said, attestations are none."""
    layout = Layout()
    other = archive(folder("arm"))
    layout.add([other], "arm64", platform={"os": "linux", "architecture": "arm64", "variant": "v8"})
    layout.add([BASE], platform={"os": "linux", "architecture": "amd64"})
    layout.add([b""], annotations={"vnd.docker.reference.type": "attestation-manifest"})
    nested = {"mediaType": "application/vnd.oci.image.index.v1+json"}
    nested |= layout.blob(encoded({"manifests": layout.manifests}))
    outer = {**layout.contents(), "index.json": encoded({"manifests": [nested]})}
    root = made(outer, machine="x86_64")
    assert ([node.path for node in nodes(root)], root.platform) == (PATHS, "linux/amd64")
    (said,) = losses(root)
    assert said.what.startswith("linux/arm64/v8 sha256:")
    assert (said.reason, said.deliberate) == (Reason.EXCLUDED, True)
    root = made(outer, machine="riscv64")
    assert ([node.path for node in nodes(root)], root.platform) == (["/", "/arm"], "linux/arm64/v8")


def test_a_second_image_in_the_file(made):
    """It is not examined, and not because anybody asked for that."""
    layout = Layout()
    layout.add([BASE])
    layout.add([archive(folder("x"))])
    assert [(said.reason, said.deliberate) for said in losses(made(layout.contents()))] == [(Reason.EXCLUDED, False)]


def test_layers(made):
    """A file is replaced with its mode, a folder keeps its content, a whiteout takes away, an opaque folder starts anew."""
    upper = archive(
        entry("opt/.wh.a"),
        entry("etc/shadow", content=b"x", mode=0o600),
        folder("tmp", mode=0o700),
        folder("etc/new/deep"),
    )
    root = made(oci(BASE, upper))
    assert [n.path for n in nodes(root)] == [*PATHS[:2], "/etc/new", "/etc/new/deep", *PATHS[2:5], "/opt/b", "/tmp"]
    found = by_path(root)
    assert (found["/etc/shadow"].mode, found["/etc/shadow"].gid, found["/tmp"].mode) == (0o600, 0, 0o700)
    assert content(root, "/etc/shadow") == b"x"
    assert (found["/etc/new"].mode, found["/etc/new"].uid) == (0o755, 0)
    opaque = archive(folder("opt"), entry("opt/c"), entry("opt/.wh..wh..opq"), entry("opt/d"))
    assert [n.path for n in nodes(made(oci(BASE, opaque))) if n.path[:4] == "/opt"] == ["/opt", "/opt/c", "/opt/d"]
    own = archive(entry("opt/a", content=b"own"), entry("opt/.wh.a"))
    assert content(made(oci(BASE, own)), "/opt/a") == b"own"
    anew = archive(folder("opt"), entry("opt/c"), entry(".wh.opt"))
    assert [n.path for n in nodes(made(oci(BASE, anew))) if n.path[:4] == "/opt"] == ["/opt", "/opt/c"]
    assert [n.path for n in nodes(made(oci(BASE, archive(entry(".wh..wh..opq")))))] == ["/"]


def test_a_folder_and_what_takes_its_place(made):
    """A file or link in a folder's place takes its content away; a folder in a link's place is a folder."""
    root = made(oci(BASE, archive(entry("opt", content=b"file"), link("etc", "tmp"))))
    assert [(n.path, n.kind) for n in nodes(root)] == [
        ("/", NodeKind.FOLDER),
        ("/etc", NodeKind.LINK),
        ("/opt", NodeKind.FILE),
        ("/tmp", NodeKind.FOLDER),
    ]
    root = made(oci(archive(folder("a"), link("b", "a")), archive(folder("b"), entry("b/x"))))
    assert [n.path for n in nodes(root)] == ["/", "/a", "/b", "/b/x"]


def test_links_on_the_way_to_a_name(made):
    """They are followed inside the root, as runtimes do: absolute ones from the image's root, with `..` no further than it."""
    lower = archive(folder("usr/bin"), link("bin", "usr/bin"), link("abs", "/usr"), link("up", "../../../usr"))
    upper = archive(entry("bin/a"), entry("abs/b"), entry("up/c"), entry("bin/.wh.none"))
    root = made(oci(lower, upper))
    assert [n.path for n in nodes(root)] == [
        "/",
        "/abs",
        "/bin",
        "/up",
        "/usr",
        "/usr/b",
        "/usr/bin",
        "/usr/bin/a",
        "/usr/c",
    ]
    assert losses(root) == []


def test_hard_links(made):
    """They have one content, mode and number of names, also across layers; replacing one name leaves the other."""
    lower = archive(entry("a", content=b"same", mode=0o4755), hard("b", "a"))
    root = made(oci(lower, archive(hard("c", "/b"))))
    found = by_path(root)
    assert [(found[p].links, found[p].mode, found[p].size) for p in ("/a", "/b", "/c")] == [(3, 0o4755, 4)] * 3
    assert content(root, "/c") == b"same"
    found = by_path(made(oci(lower, archive(entry("a", content=b"x")))))
    assert (found["/a"].links, found["/b"].links, found["/b"].mode) == (1, 1, 0o4755)
    gone = made(oci(lower, archive(entry(".wh.a"))))
    assert content(gone, "/b") == b"same"


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_names_and_large_numbers(made, form):
    """Names and targets beyond a header's room, owners beyond its digits, in either extension."""
    name = "/".join(["long" * 20] * 4)
    big = entry(name, content=b"x", uid=2_500_000, gid=2**31)
    root = made(oci(archive(big, link("link", "../" + name), form=form)))
    found = by_path(root)
    assert (found["/" + name].uid, found["/" + name].gid) == (2_500_000, 2**31)
    assert found["/link"].target == "../" + name


def test_attributes_in_extended_headers(made):
    """Capabilities and access lists as GNU tar, libarchive and star store them."""
    pax = {"SCHILY.xattr.security.capability": SETUID.decode("utf-8", "surrogateescape")}
    raw = {"SCHILY.xattr.system.posix_acl_access": ALICE_WRITES.decode("utf-8", "surrogateescape")}
    base64 = {"LIBARCHIVE.xattr.security.capability": "AQAAAoAAAAAAAAAAAAAAAAAAAAA"}
    words = {"SCHILY.acl.access": "user::rw-,user:alice:rw-:1000,group::r--,mask::rw-,other::r--"}
    plain = {"SCHILY.acl.access": "user::rw-,group::r--,other::r--"}
    odd = {"SCHILY.acl.access": "user::rw-,user:alice:rw-", "comment": "x"}
    broken = {"SCHILY.xattr.security.capability": "short"}
    layer = archive(
        *(
            entry(name, pax=head)
            for name, head in zip("abcdefg", (pax, raw, base64, words, plain, odd, broken), strict=True)
        )
    )
    root = made(oci(layer))
    found = by_path(root)
    assert found["/a"].capabilities == found["/c"].capabilities == Capabilities(1 << 7, 0, True)
    assert found["/b"].acl == found["/d"].acl
    assert AclEntry(AclTag.USER, 6, 1000) in found["/d"].acl
    assert found["/e"].acl is None
    assert [loss.what for loss in losses(root) if loss.reason is Reason.NOT_UNDERSTOOD] == ["/f", "/g"]


def test_devices_and_fifos(made):
    """They are nodes; nothing is made of them."""
    root = made(
        oci(archive(entry("null", tarfile.CHRTYPE), entry("disk", tarfile.BLKTYPE), entry("pipe", tarfile.FIFOTYPE)))
    )
    assert [n.kind for n in nodes(root)][1:] == [NodeKind.DEVICE, NodeKind.DEVICE, NodeKind.FIFO]


def test_the_same_tree_as_folder_and_as_image(tmp_path, made):
    """One tree gives the same nodes and contents, whichever way it is read."""
    top = tmp_path / "top"
    (top / "etc/app").mkdir(parents=True)
    top.chmod(0o755)
    (top / "etc/app/conf").write_bytes(b"key=value\n")
    (top / "etc/app/conf").chmod(0o664)
    os.link(top / "etc/app/conf", top / "etc/second name")
    (top / "etc/link").symlink_to("../nowhere")
    Path(os.fsdecode(os.fsencode(top) + b"/etc/\xff\n\x1b[31m")).write_bytes(b"odd")
    os.mkfifo(top / "pipe", 0o600)
    (top / "tool").write_bytes(b"\x7fELF")
    (top / "tool").chmod(0o4711)
    attributes = {}
    for name, key, value in (
        ("tool", "security.capability", SETUID),
        ("etc/app/conf", "system.posix_acl_access", ALICE_WRITES),
    ):
        try:
            os.setxattr(top / name, key, value)
            attributes[name] = {f"SCHILY.xattr.{key}": value}
        except OSError:
            pass  # this file system or account does not allow it: the rest is compared
    with tarfile.open(tmp_path / "tree.tar", "w", errors="surrogateescape") as tar:
        for path in sorted([top, *top.rglob("*")]):
            name = str(path.relative_to(top))
            info = tar.gettarinfo(path, arcname=name)
            for key, value in attributes.get(name, {}).items():
                info.pax_headers[key] = value.decode("utf-8", "surrogateescape")
            with path.open("rb") if info.isreg() else Path(os.devnull).open("rb") as data:
                tar.addfile(info, data)
    image = made(oci((tmp_path / "tree.tar").read_bytes()))
    root = FolderRoot(top)
    expected = list(root.nodes())
    assert list(image.nodes()) == expected
    assert len(expected) == 9
    for node in expected:
        if node.kind is NodeKind.FILE:
            assert image.read(node, 99) == root.read(node, 99)


def test_what_a_charter_names_an_image_by(made):
    """The digest of an OCI manifest, and of what `docker save` wrote the configuration's: each names every layer."""
    layout = Layout()
    layout.add([BASE])
    root = made(layout.contents())
    (manifest,) = (name for name, blob in layout.blobs.items() if b'"layers": [{' in blob)
    assert root.marks() == {f"image:sha256:{manifest.rpartition('/')[2]}"}
    contents = docker(BASE)
    (config,) = (name for name in contents if name.endswith(".json") and name != "manifest.json")
    root = made(contents)
    assert root.marks() == {f"image:sha256:{config.removesuffix('.json')}"}
    assert [seen.path for seen in root.nodes()] == PATHS
    assert made(BASE).marks() == frozenset()


def test_another_layer_under_a_known_configuration(made):
    """A list that hands the configuration of one image the layer of another: refused, by whichever name it has there."""
    other = archive(folder("etc"), entry("etc/passwd", content=b"x::0:0::/:/bin/sh\n"))
    contents = docker(BASE)
    (name,) = (name for name in contents if name.endswith("layer.tar"))
    with pytest.raises(NoImage):
        list(made({**contents, name: other}).nodes())
    blob = f"blobs/sha256/{digest(other)[7:]}"
    listing = contents["manifest.json"].replace(name.encode(), blob.encode())
    with pytest.raises(NoImage):
        list(made({**contents, blob: other, "manifest.json": listing}).nodes())
