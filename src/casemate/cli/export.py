"""`casemate export`: a finding as the draft of an advisory, for the maintainer of what it was found in."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from casemate.evidence.told import Told

STATUSES = ("known_affected", "fixed", "under_investigation", "known_not_affected")
JUSTIFICATIONS = (
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
)
CATEGORIES = ("discoverer", "vendor", "coordinator", "user", "other")
LABELS = ("red", "amber", "green", "white")

Command = TypeVar("Command", bound=Callable[..., Any])


def _moment(ctx: click.Context, param: click.Parameter, text: str | None) -> datetime | None:
    """A day, or a moment with its time zone, as ISO 8601 has them. Raises BadParameter."""
    if text is None:
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise click.BadParameter(f"{text!r} is no day like 2026-12-31, nor a time like 2026-12-31T09:00:00Z.", ctx, param)


_OPTIONS = (
    click.argument("files", nargs=-1, required=True, metavar="REPORT|BUNDLE...", type=click.Path(path_type=Path)),
    click.option(
        "--finding", "prefixes", metavar="ID", multiple=True, help="Which: the beginning of its identity. Repeatable."
    ),
    click.option("--product", metavar="NAME", default="", help="The product that it is in."),
    click.option("--product-version", "version", metavar="VERSION", default="", help="The version that was examined."),
    click.option("--vendor", metavar="NAME", default="", help="Who makes the product."),
    click.option("--purl", metavar="PURL", default="", help="Its package URL, with the version."),
    click.option(
        "--publisher", metavar="NAME", default="", envvar="CASEMATE_PUBLISHER", show_envvar=True, help="Who publishes."
    ),
    click.option(
        "--publisher-namespace",
        "namespace",
        metavar="URL",
        default="",
        envvar="CASEMATE_PUBLISHER_NAMESPACE",
        show_envvar=True,
        help="A web address that the publisher controls.",
    ),
    click.option(
        "--publisher-contact",
        "contact",
        metavar="TEXT",
        default="",
        envvar="CASEMATE_PUBLISHER_CONTACT",
        show_envvar=True,
        help="How to reach the publisher.",
    ),
    click.option(
        "--publisher-category",
        "category",
        type=click.Choice(CATEGORIES),
        default="discoverer",
        show_default=True,
        help="The publisher's part.",
    ),
    click.option(
        "--status", type=click.Choice(STATUSES), default="known_affected", show_default=True, help="Of the product."
    ),
    click.option("--justification", type=click.Choice(JUSTIFICATIONS), help="Why it is not affected."),
    click.option("--impact", metavar="TEXT", default="", help="The same in words, beside the justification."),
    click.option("--cve", metavar="CVE", default="", help="Its CVE number, when it has one."),
    click.option("--date", "moment", metavar="DATE", callback=_moment, help="Default: SOURCE_DATE_EPOCH, else now."),
    click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Default: standard output."),
    click.option("--quiet", is_flag=True, help="Only the draft: no charter."),
)


def _common(command: Command) -> Command:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group()
def export() -> None:
    """Draft an advisory of a finding, for the maintainer of what it is in.

    The draft holds what was found and where, the way of the value in words,
    the evidence, how to verify it, and what to do. It holds no line of the
    source and no input of a proof: these leave only by a release.
    """


@export.command()
@_common
@click.option("--tracking-id", "tracking", metavar="ID", default="", help="Default: made of the finding's identity.")
@click.option("--tlp", type=click.Choice(LABELS), default="amber", show_default=True, help="Who may see it (TLP).")
def csaf(**given: Any) -> None:
    """Draft a CSAF 2.0 document: a security advisory, or VEX.

    It needs --product, --product-version, --publisher and
    --publisher-namespace.
    """
    _draft("csaf", **given)


@export.command()
@_common
def openvex(**given: Any) -> None:
    """Draft an OpenVEX document (version 0.2.0).

    It needs --purl and --publisher.
    """
    _draft("openvex", **given)


def _draft(
    form: str,
    *,
    files: tuple[Path, ...],
    prefixes: tuple[str, ...],
    category: str,
    status: str,
    justification: str | None,
    moment: datetime | None,
    output: Path | None,
    quiet: bool,
    tlp: str = "amber",
    **texts: str,
) -> None:
    from casemate.app.export import ExportRequest, now, run_export
    from casemate.cli.errors import say
    from casemate.cli.output import check_place, emit, write_file
    from casemate.evidence.csaf import filename, tracking_id
    from casemate.evidence.publication import Justification, Publication, Publisher, Status, Tlp
    from casemate.evidence.told import chosen

    if output is not None:
        check_place(output)
    said = Publication(
        date=moment or _environment() or now(),
        category=Publisher(category),
        status=Status(status),
        justification=None if justification is None else Justification(justification),
        tlp=Tlp(tlp.upper()),
        **texts,
    )
    findings = chosen([told for path in files for told in _told(path)], prefixes)
    request = ExportRequest(form=form, files=files, findings=findings, said=said)
    text = run_export(request, announce=say if not quiet else lambda line: None)
    if output is None:
        emit(text)
        return
    write_file(output, text, "the draft")
    wanted = filename(tracking_id(findings, said))
    if form == "csaf" and output.name != wanted and not quiet:
        say(f"a file of this document is to be called {wanted} when it is published (CSAF 2.0, 5.1)")


def _environment() -> datetime | None:
    from casemate.cli.moment import VARIABLE, moment

    return moment(os.environ) if os.environ.get(VARIABLE) else None


def _told(path: Path) -> tuple[Told, ...]:
    """The findings of a file: an evidence bundle is a zip archive, a report is not. Raises UserError."""
    from casemate.cli.input import MAX_REPORT, read_file
    from casemate.evidence.archive import MAX_ARCHIVE
    from casemate.evidence.bundle import digest, read
    from casemate.evidence.told import NEXT_STEP, of_bundle, of_report
    from casemate.model.errors import UserError

    content = read_file(path, MAX_REPORT, NEXT_STEP)
    if not content.startswith(b"PK"):
        return of_report(content, str(path))
    if len(content) > MAX_ARCHIVE:
        raise UserError(f"{str(path)!r} has more than {MAX_ARCHIVE:,} bytes", NEXT_STEP)
    return (of_bundle(read(content, str(path)), digest(content)),)
