"""Each oracle on real code in a real sandbox: a function that is weak, and its twin that is mended."""

import re

import pytest

from proofs.oracles.really import answers

SOURCE = "# source: parameter `value` of the public API"

WEAK = {
    "archive": (29, "tarfile.open(fileobj=io.BytesIO(value)).extractall(ROOT)"),
    "archive_by_hand": (29, "UNPACK(value, lambda name: name)"),
    "certificate": (
        295,
        "urllib.request.urlopen('https://' + value + '.example/', context=ssl._create_unverified_context(), timeout=2)",
    ),
    "certificate_set": (295, "CONTEXT(value, ssl.CERT_NONE)"),
    "path": (22, "open(os.path.join(ROOT, value)).read()"),
    "path_asked": (22, "os.path.exists(os.path.join(ROOT, value))"),
    "path_suffix": (22, "open(ROOT + '/' + value + '.json').read()"),
    "path_lib": (22, "(pathlib.Path(ROOT) / value).read_text()"),
    "path_listed": (22, "os.listdir(os.path.join(ROOT, value))"),
    "path_removed": (22, "os.remove(os.path.join(ROOT, value))"),
    "code": (95, "eval('1 + ' + value)"),
    "code_quoted": (95, "exec('x = \"%s\"' % value)"),
    "sql": (89, "DB.execute(\"SELECT n FROM t WHERE n = '%s'\" % value).fetchall()"),
    "sql_number": (89, "DB.execute('SELECT n FROM t WHERE n = ' + value).fetchall()"),
    "xss": (79, "'<p>' + value + '</p>'"),
    "pickle": (502, "pickle.loads(base64.b64decode(value))"),
    "yaml": (502, "yaml.load(value, Loader=yaml.UnsafeLoader)"),
    "yaml_instances": (502, "ONLY(value)"),
    "yaml_word": (502, "yaml.load(value.split(' ')[0], Loader=yaml.UnsafeLoader)"),
    "code_bare": (95, "eval(value, {'__builtins__': {}}, {})"),
    "xpath": (643, 'TREE.xpath("//u[@n=\'" + value + "\']")'),
    "xxe": (611, "etree.fromstring(value, etree.XMLParser(resolve_entities=True, no_network=True)).tag"),
    "xxe_sax": (611, "SAX(value)"),
    "hash": (328, "hashlib.md5(value.encode()).hexdigest()"),
    "hash_new": (328, "hashlib.new('sha1', value.encode()).hexdigest()"),
    "random": (330, "''.join(random.choice('abcdefgh') for _ in range(16))"),
    "random_float": (330, "'token-' + str(random.random())[2:]"),
    "template": (1336, "jinja2.Template('Hello ' + value).render()"),
    "template_open": (1336, "jinja2.Environment().from_string('Hello ' + value).render()"),
    "ssrf": (918, "urllib.request.urlopen('http://' + value, timeout=1).read()"),
    "argument": (88, "subprocess.run(['/bin/true', 'show', value]).returncode"),
    "log": (117, "logging.getLogger('shop').info('signed in: %s', value)"),
    "mode": (732, "os.chmod(MINE, 0o777)"),
    "mode_late": (276, "os.chmod(KEEP(value, 0o666), 0o600)"),
    "temporary": (377, "tempfile.mktemp(suffix=value)"),
    "timing": (208, "value == SECRET"),
    "redos": (1333, "re.match(r'^([a-z]+[0-9]?)+$', value)"),
}
MENDED = {
    "archive": (29, "tarfile.open(fileobj=io.BytesIO(value)).extractall(ROOT, filter='data')"),
    "archive_by_hand": (29, "UNPACK(value, os.path.basename)"),
    "certificate": (
        295,
        "urllib.request.urlopen('https://' + value + '.example/', context=ssl.create_default_context(), timeout=2)",
    ),
    "certificate_set": (295, "CONTEXT(value, ssl.CERT_REQUIRED)"),
    "path": (22, "open(inside(value)).read()"),
    "path_asked": (22, "os.path.realpath(os.path.join(ROOT, value))"),
    "path_suffix": (22, "open(ROOT + '/' + os.path.basename(value) + '.json').read()"),
    "path_lib": (22, "(pathlib.Path(ROOT) / value).resolve().relative_to(ROOT)"),
    "path_listed": (22, "os.listdir(inside(value))"),
    "path_removed": (22, "os.remove(inside(value))"),
    "code": (95, "ast.literal_eval(value)"),
    "code_quoted": (95, "exec('x = %r' % value)"),
    "sql": (89, "DB.execute('SELECT n FROM t WHERE n = ?', (value,)).fetchall()"),
    "sql_number": (89, 'DB.execute("SELECT n FROM t WHERE n = \'%s\'" % value.replace("\'", "\'\'")).fetchall()'),
    "xss": (79, "'<p>' + html.escape(value) + '</p>'"),
    "pickle": (502, "json.loads(base64.b64decode(value))"),
    "yaml": (502, "yaml.load(value, Loader=yaml.SafeLoader)"),
    "yaml_instances": (502, "yaml.safe_load(value)"),
    "yaml_word": (502, "yaml.load(value.split(' ')[0], Loader=yaml.SafeLoader)"),
    "code_bare": (95, "ast.literal_eval(value)"),
    "xpath": (643, "TREE.xpath('//u[@n=$n]', n=value)"),
    "xxe": (611, "etree.fromstring(value, etree.XMLParser(resolve_entities=False)).tag"),
    "xxe_sax": (611, "ElementTree.fromstring(value).tag"),
    "hash": (328, "hashlib.md5(value.encode(), usedforsecurity=False).hexdigest()"),
    "hash_new": (328, "hashlib.new('sha256', value.encode()).hexdigest()"),
    "random": (330, "''.join(secrets.choice('abcdefgh') for _ in range(16))"),
    "random_float": (330, "'token-' + str(random.SystemRandom().random())[2:]"),
    "template": (1336, "jinja2.Template('Hello {{ who }}').render(who=value)"),
    "template_sandboxed": (1336, "sandbox.SandboxedEnvironment().from_string('Hello ' + value).render()"),
    "ssrf": (918, "urllib.request.urlopen('http://localhost/' + urllib.parse.quote(value, ''), timeout=1).read()"),
    "argument": (88, "subprocess.run(['/bin/true', 'show', '--', value]).returncode"),
    "log": (117, "logging.getLogger('shop').info('signed in: %r', value)"),
    "mode": (732, "os.chmod(MINE, 0o755)"),
    "mode_late": (276, "os.chmod(KEEP(value, 0o600), 0o600)"),
    "temporary": (377, "tempfile.mkstemp()"),
    "timing": (208, "hmac.compare_digest(value, SECRET)"),
    "redos": (1333, "re.match(r'^[a-z]+[0-9]?$', value)"),
}
EXPECTED = {
    "path": "path",
    "code": "code",
    "sql": "sql",
    "pickle": "deserialization",
    "yaml": "deserialization",
    "yaml_word": "deserialization",
    "xxe": "xxe",
}
TEXT = """
import os, tempfile
{imports}

ROOT = os.path.join(tempfile.gettempdir(), "own")
os.makedirs(ROOT, exist_ok=True)
MINE = os.path.join(ROOT, "mine")
open(MINE, "w").close()
SECRET = "a secret of some length"
{more}


def inside(name):
    path = os.path.realpath(os.path.join(ROOT, name))
    if os.path.commonpath([path, ROOT]) != ROOT:
        raise ValueError(name)
    return path


def act(value):  {source}
    return {act}  # sink
"""


MORE = {
    "TREE": "from lxml import etree\nTREE = etree.fromstring(\"<us><u n='a'/></us>\")",
    "DB": "import sqlite3\nDB = sqlite3.connect(':memory:')\nDB.execute('CREATE TABLE t (n)')",
    "SAX": """
import io, xml.sax, xml.sax.handler
def SAX(text):
    parser = xml.sax.make_parser()
    parser.setFeature(xml.sax.handler.feature_external_ges, True)
    parser.parse(io.StringIO(text))
""",
    "KEEP": """
def KEEP(text, mode):
    own = os.path.join(ROOT, "key-" + text)
    with os.fdopen(os.open(own, os.O_CREAT | os.O_WRONLY, mode), "w") as out:
        out.write(text)
    return own
""",
    "UNPACK": """
import zipfile, io
def UNPACK(data, called):
    archive = zipfile.ZipFile(io.BytesIO(data))
    for info in archive.infolist():
        with open(os.path.join(ROOT, called(info.filename)), "wb") as out:
            out.write(archive.read(info))
""",
    "CONTEXT": """
import socket
def CONTEXT(host, mode):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = mode
    context.check_hostname = mode == ssl.CERT_REQUIRED
    return context.wrap_socket(socket.create_connection((host, 443)), server_hostname=host)
""",
    "ONLY": """
import yaml
class Loader(yaml.FullLoader):
    pass
def apply(loader, suffix, node):
    cls = loader.find_python_name(suffix, node.start_mark)
    return cls(*loader.construct_sequence(node)) if isinstance(cls, type) else None
Loader.add_multi_constructor("tag:yaml.org,2002:python/object/apply:", apply)
def ONLY(text):
    return yaml.load(text, Loader=Loader)
""",
    "etree": "from lxml import etree",
    "sandbox": "from jinja2 import sandbox",
    "ElementTree": "from xml.etree import ElementTree",
    "urllib": "import urllib.parse, urllib.request",
}
MODULES = (
    *(
        "ast",
        "base64",
        "hashlib",
        "hmac",
        "html",
        "json",
        "logging",
        "pathlib",
        "pickle",
        "random",
        "re",
        "secrets",
        "ssl",
    ),
    *("subprocess", "tarfile", "io", "jinja2", "yaml"),
)


def text(act):
    """A file that imports what the act needs, and nothing else: each case imports it anew."""
    imports = "\n".join(f"import {name}" for name in MODULES if re.search(rf"\b{name}\.", act))
    more = "\n".join(lines for name, lines in MORE.items() if re.search(rf"\b{name}\b", act))
    return TEXT.format(source=SOURCE, act=act, imports=imports, more=more)


def targets(table):
    return {f"a_{name}.py": (cwe, text(act)) for name, (cwe, act) in table.items()}


@pytest.fixture(scope="module")
def weak(tmp_path_factory):
    return answers(tmp_path_factory.mktemp("weak"), targets(WEAK))


@pytest.fixture(scope="module")
def mended(tmp_path_factory):
    return answers(tmp_path_factory.mktemp("mended"), targets(MENDED), budget=12)


@pytest.mark.parametrize("name", WEAK)
def test_weak_is_seen(weak, name):
    assert weak[f"a_{name}.py"] == EXPECTED.get(name.partition("_")[0], name.partition("_")[0])


@pytest.mark.parametrize("name", MENDED)
def test_mended_is_not(mended, name):
    assert mended[f"a_{name}.py"].startswith(("not triggered", "not reached", "budget spent"))
