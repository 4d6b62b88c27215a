"""The bundled weak host: its image is what its script makes."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_image_is_the_scripts_work():
    """So that nobody need trust a binary file in the repository."""
    spec = importlib.util.spec_from_file_location("example_host", ROOT / "tools" / "example_host.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "examples" / "host" / "image.tar").read_bytes() == module.image()
