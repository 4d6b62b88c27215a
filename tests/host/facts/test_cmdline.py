"""Kernel command lines: which words count, and where they stand."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.host.facts.cmdline import parameters
from tests.host.tree import tree


def words(text):
    return [(p.word, p.path, p.line) for p in tree(text).host().once(parameters)]


def test_a_later_assignment_takes_the_place_of_an_earlier_one():
    """As the shell that sources the files does it; drop-ins come last."""
    text = (
        "# file: /etc/default/grub\nGRUB_CMDLINE_LINUX='a b'\n# file: /etc/default/grub.d/x.cfg\nGRUB_CMDLINE_LINUX=c\n"
    )
    assert words(text) == [("c", "/etc/default/grub.d/x.cfg", 1)]


def test_what_is_added_keeps_the_line_of_what_was_there():
    """`+=` and a mention of the variable itself add to it."""
    text = (
        "# file: /etc/default/grub\nGRUB_CMDLINE_LINUX=a\nGRUB_CMDLINE_LINUX+=' b'\n"
        'GRUB_CMDLINE_LINUX="${GRUB_CMDLINE_LINUX} c" # why\n'
    )
    assert words(text) == [(word, "/etc/default/grub", line) for word, line in (("a", 1), ("b", 2), ("c", 3))]


def test_a_line_that_goes_on():
    """A backslash joins lines; the first one names the place."""
    assert words('# file: /etc/default/grub\n\nGRUB_CMDLINE_LINUX="a \\\n b"\n') == [
        ("a", "/etc/default/grub", 2),
        ("b", "/etc/default/grub", 2),
    ]


def test_a_generated_menu_repeats_nothing():
    """A word of grub.cfg that the settings have is told there only; one that is new in it is told once."""
    text = (
        "# file: /etc/default/grub\nGRUB_CMDLINE_LINUX=a\n# file: /boot/grub/grub.cfg\nmenuentry x {\n"
        "\tlinux\t/vmlinuz a z\n}\nmenuentry y {\n linux /vmlinuz z\n}\n"
    )
    assert words(text) == [("a", "/etc/default/grub", 1), ("z", "/boot/grub/grub.cfg", 2)]


def test_other_boot_loaders():
    """extlinux, the Raspberry Pi, U-Boot's settings."""
    text = (
        "# file: /boot/extlinux/extlinux.conf\nLABEL l0\n  APPEND ro x=1\nLABEL l0r\n menu label rescue\n"
        '# file: /boot/firmware/cmdline.txt\nconsole=tty1\n# file: /etc/default/u-boot\nU_BOOT_PARAMETERS="y"\n'
    )
    assert [word for word, _, _ in words(text)] == ["console=tty1", "y", "ro", "x=1"]


def test_quotes_that_do_not_match_are_told():
    """Nothing is guessed of such a line."""
    host = tree('# file: /etc/default/grub\nGRUB_CMDLINE_LINUX="a\n').host()
    assert host.once(parameters) == ()
    assert [loss.what for loss in host.fs.losses] == ["/etc/default/grub:1"]


@settings(max_examples=60)
@given(st.text(alphabet="GRUB_CMDLINE_LINUX=\"'\\ $+a;#\n", max_size=80))
def test_any_text_is_read(text):
    """No text of a settings file stops the reader."""
    words("# file: /etc/default/grub\nGRUB_CMDLINE_LINUX=" + text)


def test_a_line_longer_than_any_command_line_is_told():
    """It is left out at once, and the line after it is read."""
    host = tree(
        f"# file: /etc/default/grub\nGRUB_CMDLINE_LINUX='{'a ' * 200_000}'\nGRUB_CMDLINE_LINUX_DEFAULT=b\n"
        f"# file: /boot/grub/grub.cfg\nlinux /x {'c ' * 200_000}\n linux /x d\n"
    ).host()
    assert [p.word for p in host.once(parameters)] == ["b", "d"]
    assert [loss.what for loss in host.fs.losses] == ["/boot/grub/grub.cfg:1", "/etc/default/grub:1"]
