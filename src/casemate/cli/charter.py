"""`casemate charter`: who may examine what, how far, until when."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from casemate.cli.errors import say
from casemate.cli.options import TIERS

if TYPE_CHECKING:
    from casemate.app.charter import Shown
    from casemate.governance.charter_file import Installed
    from casemate.governance.note import VerifierKey


class Named(click.ParamType[Any]):
    """NAME=KEY: a person, or a repository and whose signed file in it counts."""

    name = "NAME=KEY"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, VerifierKey]:
        """The name and the key. Raises BadParameter."""
        from casemate.governance.note import parse_key

        if isinstance(value, tuple):
            return value
        name, _, text = str(value).partition("=")
        try:
            return name.strip(), parse_key(text)
        except ValueError as error:
            self.fail(f"{value!r} is not NAME=KEY: {error}. `casemate charter key` prints a person's key.", param, ctx)


class Day(click.ParamType[Any]):
    """A day in UTC."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day. Raises BadParameter."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no day such as 2026-11-30", param, ctx)


@click.group()
def charter() -> None:
    """Who may examine what, how far and until when; an organisation signs it.

    Without one, naming a path on the command line gives a narrow charter for that path, shown in one line. Once an organisation's
    charter is installed, only such charters count.
    """


@charter.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(as_json: bool) -> None:
    """Show which charters count here, this operator's key, and this machine's identity."""
    from casemate.app.charter import run_show
    from casemate.cli.output import emit
    from casemate.cli.output import show as put

    shown = run_show()
    if as_json:
        import json

        emit(json.dumps(_as_json(shown), indent=2, ensure_ascii=False) + "\n")
        return
    put("\n".join([*_words(shown), ""]))


@charter.command()
def key() -> None:
    """Print this operator's public key: what charters, requests and tokens name people by."""
    from casemate.app.token import own_keys
    from casemate.cli.output import show as put

    put(f"{own_keys()[0]}\n")


@charter.command()
@click.option("--issuer", required=True, metavar="TEXT", help="Who issues it, for people: an organisation, an office.")
@click.option("--purpose", required=True, metavar="TEXT", help="Why it is given.")
@click.option("--holder", "holders", type=Named(), multiple=True, required=True, help="Who may act. Repeatable.")
@click.option(
    "--path", "paths", metavar="PATH", multiple=True, help="A folder or file that may be examined. Repeatable."
)
@click.option(
    "--repository",
    "repositories",
    type=Named(),
    multiple=True,
    help="A repository with an authorisation that this key signed (`casemate charter authorise`). Repeatable.",
)
@click.option("--host", "hosts", metavar="ID", multiple=True, help="A host by its identity (`casemate charter show`).")
@click.option("--image", "images", metavar="sha256:…", multiple=True, help="An image by its digest. Repeatable.")
@click.option("--tier", type=click.Choice(TIERS), default="find", show_default=True, help="How far.")
@click.option("--from", "since", type=Day(), help="The first day (UTC). Default: today.")
@click.option("--until", type=Day(), required=True, help="The last day (UTC).")
@click.option("--model", "models", metavar="ADDRESS", multiple=True, help="A model endpoint that may see content.")
@click.option("--executions", type=click.IntRange(min=0), metavar="N", help="Executions of targets a day.")
@click.option("--releases", type=click.IntRange(min=0), metavar="N", help="Bundles that may be handed out a day.")
@click.option(
    "--approver",
    "approvers",
    type=Named(),
    multiple=True,
    help="One of these must agree before proofs are handed out. Repeatable.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Where it goes.")
def new(
    issuer: str,
    purpose: str,
    holders: tuple[tuple[str, VerifierKey], ...],
    paths: tuple[str, ...],
    repositories: tuple[tuple[str, VerifierKey], ...],
    hosts: tuple[str, ...],
    images: tuple[str, ...],
    tier: str,
    since: date | None,
    until: date,
    models: tuple[str, ...],
    executions: int | None,
    releases: int | None,
    approvers: tuple[tuple[str, VerifierKey], ...],
    output: Path,
) -> None:
    """Sign a charter, as its issuer, with this operator's key.

    It counts on a machine once `casemate charter add` has installed it there. Nobody is meant by a name: people are their keys.
    """
    from casemate.app.charter import charter_body, run_new
    from casemate.cli.output import check_place, write_file
    from casemate.governance.charter import Tier

    kinds = (("path", paths), ("host", hosts), ("image", images))
    targets: list[dict[str, object]] = [{kind: value} for kind, values in kinds for value in values]
    for name in dict.fromkeys(name for name, _ in repositories):
        targets.append({"repository": name, "signed_by": [str(key) for other, key in repositories if other == name]})
    if not targets:
        raise click.UsageError("name what may be examined: --path, --repository, --host or --image")
    check_place(output)
    data, made = run_new(
        charter_body(
            issuer=issuer,
            purpose=purpose,
            holders=holders,
            targets=targets,
            tier=Tier(tier),
            since=since or datetime.now(UTC).date(),
            until=until,
            models=models,
            executions=executions,
            releases=releases,
            approvers=approvers,
        )
    )
    write_file(output, data, "the charter")
    for line in _charter_words(made):
        say(line)
    say(f"signed by {made.issuer}")
    say(f"install it with: casemate charter add {output} --key 'THAT KEY, from a place that is trusted'")


@charter.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", default="", metavar="VKEY", help="The issuer's key, for the first charter on this machine.")
def add(file: Path, key: str) -> None:
    """Install a charter, or a list of what was revoked, that its issuer signed.

    From the first charter on, only those of the same issuer count on this machine, and it is the issuer alone who can give the
    machine back (`casemate charter revoke --free KEY`).
    """
    from casemate.app.charter import run_add
    from casemate.governance.charter_file import Installed

    added = run_add(file, key)
    if isinstance(added, Installed):
        for line in _charter_words(added):
            say(line)
        return
    say(f"revoked: {len(added.ids)} charters and tokens (list number {added.number})")
    if added.frees:
        say("the organisation has given this machine back: no charter of it counts any more")


@charter.command()
@click.argument("ids", metavar="ID|FILE", nargs=-1)
@click.option(
    "--free",
    "frees",
    metavar="KEY",
    multiple=True,
    help="Give the machine of this operator back (`casemate charter key` there). Repeatable.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Where it goes.")
def revoke(ids: tuple[str, ...], frees: tuple[str, ...], output: Path) -> None:
    """Sign, as the issuer, the list of charters and tokens that no longer count.

    It names all that was revoked before as well, and counts on a machine once `casemate charter add` has installed it there.
    """
    from casemate.app.charter import identity_of, run_revoke
    from casemate.cli.output import check_place, write_file
    from casemate.governance.note import parse_key

    if not ids and not frees:
        raise click.UsageError("name what is revoked, by identity or by the charter's file, or --free")
    try:
        operators = [parse_key(text) for text in frees]
    except ValueError as error:
        raise click.BadParameter(
            f"{error}. `casemate charter key` prints a person's key.", param_hint="--free"
        ) from error
    check_place(output)
    data, made = run_revoke([identity_of(text) for text in ids], frees=operators)
    write_file(output, data, "the list")
    say(f"list number {made.number}: {len(made.ids)} revoked")


@charter.command()
@click.argument("place", metavar="REPOSITORY", type=click.Path(path_type=Path), default=Path())
@click.option("--name", required=True, metavar="NAME", help="What charters call the repository.")
@click.option("--days", type=click.IntRange(1, 3660), default=90, show_default=True, help="How long it holds.")
def authorise(place: Path, name: str, days: int) -> None:
    """Sign, as a repository's owner, that it may be examined, and lay the file into its top folder.

    It names the commit that is checked out, so that it says nothing in another repository.
    """
    from casemate.app.charter import run_authorise

    made = run_authorise(place, name, days)
    say(f"{made.file}: {made.said.repository!r} may be examined until {made.said.ends:%Y-%m-%d %H:%M:%S}Z")


def _words(shown: Shown) -> list[str]:
    from casemate.evidence.escape import visible

    lines = [f"your key     {shown.person}"]
    if shown.host:
        lines.append(f"this host    {shown.host}")
    organisation = shown.organisation
    if organisation is None:
        return [
            *lines,
            "charter      none is installed: a path that you name on the command line gives one for that path,",
            "             to find, prove and fix; release is asked for by its own flag, and recorded",
        ]
    lines.append(f"issuer       {organisation.issuer}")
    for fault in organisation.faults:
        lines.append(f"refused      {visible(fault)}: nothing is permitted until it is put back (casemate charter add)")
    if not organisation.charters:
        lines.append("charter      none is in force: nothing is permitted")
    for installed in organisation.charters:
        mine = installed.for_key(shown.person)
        state = f"yours, as {mine.name}" if mine else "not yours"
        if shown.now < installed.charter.begins:
            state += f"; begins on {installed.charter.since.isoformat()}"
        if shown.now >= installed.charter.ends:
            state += "; has ended"
        lines += ["", *map(visible, _charter_words(installed)), f"  {visible(state)}"]
    return lines


def _charter_words(installed: Installed) -> list[str]:
    charter = installed.charter
    lines = [
        f"charter {charter.id[:12]}: {charter.tier}, {charter.since.isoformat()} to {charter.until.isoformat()} (UTC)"
    ]
    lines.append(f"  purpose: {charter.made_for}")
    lines += [f"  holder: {holder.name} ({holder.key.name})" for holder in installed.holders]
    lines += [f"  target: {target.name if target.path else ', '.join(target.marks)}" for target in charter.targets]
    lines += [f"  model endpoint: {address}" for address in sorted(charter.models)]
    if charter.quotas.executions is not None:
        lines.append(f"  executions a day: {charter.quotas.executions:,}")
    if charter.quotas.releases is not None:
        lines.append(f"  bundles handed out a day: {charter.quotas.releases:,}")
    lines += [f"  must agree to a release: {person.name} ({person.key.name})" for person in charter.approvers]
    return lines


def _as_json(shown: Shown) -> dict[str, object]:
    organisation = shown.organisation
    charters = organisation.charters if organisation is not None else ()
    return {
        "key": str(shown.person),
        "host": shown.host or None,
        "issuer": str(organisation.issuer) if organisation is not None else None,
        "faults": list(organisation.faults) if organisation is not None else [],
        "charters": [
            {
                "id": one.charter.id,
                "tier": one.charter.tier.value,
                "from": one.charter.since.isoformat(),
                "until": one.charter.until.isoformat(),
                "purpose": one.charter.made_for,
                "holders": [{"name": holder.name, "key": str(holder.key)} for holder in one.holders],
                "targets": [{"path": t.path} if t.path else {"mark": sorted(t.marks)[0]} for t in one.charter.targets],
                "models": sorted(one.charter.models),
                "executions": one.charter.quotas.executions,
                "releases": one.charter.quotas.releases,
                "approvers": [{"name": person.name, "key": str(person.key)} for person in one.charter.approvers],
            }
            for one in charters
        ],
    }
