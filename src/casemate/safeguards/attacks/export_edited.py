"""An export of a ledger is changed on its way to the stranger who checks it."""

from __future__ import annotations

import os
from pathlib import Path

from casemate.adapters.exports import write_folder
from casemate.app.ledger import export_files, verify_export
from casemate.governance.cosignature import cosign_checkpoint, open_cosigned, witness_key
from casemate.governance.held import ADDED, facts, holding
from casemate.governance.ledger import Ledger
from casemate.model.errors import CasemateError
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.stores import PLACE, MemoryStore, a_wall, recorded


def attempt(ground: Ground) -> Attempt:
    """A file of an export is changed, removed, replaced by a link, or the whole is of another ledger."""
    random, owner, witness = ground.random, ground.signer("owner"), ground.signer("witness")
    store = recorded(owner, ground.clock, random, 1, random.choice((0, 1, 255, 300)))
    ledger = Ledger(store=store, signer=owner)
    held = open_cosigned(
        cosign_checkpoint(ledger.head()[1], witness, ground.clock.now()), ledger.key, witness_key(witness.public_key)
    )
    with a_wall(ledger, ground.clock).operation(ADDED, subject=(PLACE,)) as operation:
        operation.state(**facts(holding(held)))
    folder = ground.folder / "export"
    write_folder(folder, export_files(ledger, (held,), MemoryStore()))
    reader = {"key": str(ledger.key), "witnesses": random.choice(((), (str(held.witness),)))}
    if verify_export(folder, key=str(ledger.key), witnesses=(str(held.witness),)).problems:
        raise AssertionError("an export that nobody touched is called damaged")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    path, way = (
        random.choice(files),
        random.choice(("a byte", "cut", "removed", "swapped", "link", "folder", "other key", "other witness")),
    )
    data = path.read_bytes()
    if way == "a byte":
        at = random.randrange(len(data))
        path.write_bytes(data[:at] + bytes([data[at] ^ random.randint(1, 255)]) + data[at + 1 :])
    elif way == "cut":
        path.write_bytes(data[: random.randrange(len(data))])
    elif way == "removed":
        path.unlink()
    elif way == "swapped":
        path.write_bytes(random.choice([other for other in files if other.read_bytes() != data]).read_bytes())
    elif way == "link":
        outside = ground.folder / "outside"
        outside.write_bytes(data)
        path.unlink()
        path.symlink_to(random.choice((outside, Path("/dev/zero"), Path(os.devnull), path)))
    elif way == "folder":
        path.unlink()
        path.mkdir()
    elif way == "other key":
        reader["key"] = str(Ledger(store=MemoryStore(), signer=ground.signer("somebody else")).key)
    else:
        reader["witnesses"] = (str(witness_key(ground.signer("somebody else").public_key)),)
    what = f"{way}: {path.relative_to(folder).parts[0]}"
    try:
        found = verify_export(folder, key=str(reader["key"]), witnesses=tuple(reader["witnesses"]))
    except CasemateError as error:
        return Attempt(what=what, succeeded=False, answer=str(error))
    return Attempt(what=what, succeeded=not found.problems, answer="; ".join(found.problems))


ATTACK = Attack(
    id="export-edited",
    title="an export is edited on its way",
    aim="a stranger's check that passes",
    attempt=attempt,
    files=True,
)
