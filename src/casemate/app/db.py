"""The composition root of the database of advisories: what brings files into it, and what it holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from casemate.adapters.advisories import NAME, AdvisoryFile, read_file
from casemate.app.authority import records
from casemate.app.ground import home
from casemate.governance.charter import Target
from casemate.host.advisories.form import BadAdvisories, Parsed
from casemate.model.advisory import DatabaseSource, Origin
from casemate.model.errors import UserError


def database(path: Path | None) -> Path:
    """Where the database is: at a path that the operator named, else in their data folder."""
    return path if path is not None else home() / NAME


def run_import(
    files: Sequence[Path], *, into: Path | None, date: str, form: Origin | None, announce: Callable[[str], None]
) -> tuple[DatabaseSource, ...]:
    """Bring files into the database, recorded as one operation. All of them are read before anything is kept.

    date: of their data, where a file does not say, or "". Raises UserError for a file that is not what it should be.
    """
    read = [_read(path, date, form) for path in files]
    place = database(into)
    subject = tuple(Target(name=str(path), path=str(path.resolve())) for path in (*files, place))
    with records(announce, *subject).operation("import", subject=subject) as operation:
        store = operation.advisories(AdvisoryFile(place))
        for source, parsed in read:
            why = store.add(source, parsed.advisories, parsed.exploited)
            if why:
                raise UserError(f"{source.name!r} was not imported: {why}", "ask for a charter that allows it")
    return tuple(source for source, _ in read)


def held(path: Path | None) -> tuple[DatabaseSource, ...]:
    """The files that the database was made from. Raises EnvironmentFault when it is damaged."""
    return AdvisoryFile(database(path)).sources()


def _read(path: Path, date: str, form: Origin | None) -> tuple[DatabaseSource, Parsed]:
    from casemate.host.advisories.parse import READERS, parse

    data, sha256 = read_file(path)
    try:
        parsed = READERS[form](data) if form is not None else parse(data)
    except BadAdvisories as error:
        where = f" at {error.place}" if error.place else ""
        raise UserError(f"{str(path)!r} was not imported{where}: {error.what}", error.remedy) from error
    families = sorted({b.ecosystem.partition(":")[0] for a in parsed.advisories for b in a.affected})
    source = DatabaseSource(
        name=path.name,
        origin=parsed.origin,
        date=date or parsed.date,
        sha256=sha256,
        count=len(parsed.advisories) + len(parsed.exploited),
        size=len(data),
        scope=", ".join(families),
    )
    if not source.count:
        raise UserError(
            f"{str(path)!r} was not imported: it holds nothing that says something of packages", "check the file"
        )
    return source, parsed
