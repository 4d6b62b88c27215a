# -*- coding: utf-8 -*-
import tarfile
import zipfile

import pytest

from batch import nightly
from batch.__main__ import main


def one(connection, sql):
    return tuple(connection.execute(sql).fetchone())


def test_accounts_are_imported(connection, home):
    (home / "drop" / "b.accounts.csv").write_text("XX07;Cy;west\nXX08;Di;west\n")
    assert nightly.AccountImport(connection, str(home / "drop")).run() == 1
    assert one(connection, "SELECT COUNT(*) FROM account WHERE branch = 'west'") == (2,)


def test_bookings_and_balances_are_imported(connection, home):
    (home / "drop" / "b.bookings.csv").write_text("2;2019-01-03;5;it's\n")
    (home / "drop" / "b.balances.csv").write_text("2;305\n")
    nightly.BookingImport(connection, str(home / "drop")).run()
    nightly.BalanceImport(connection, str(home / "drop")).run()
    assert one(connection, "SELECT purpose FROM booking WHERE account_id = 2") == ("it's",)
    assert one(connection, "SELECT balance FROM account WHERE id = 2") == (305,)


def test_notices_are_imported_from_the_command_line(connection, home):
    (home / "drop" / "n.xml").write_text("<n><document customer='c1'>a.pdf</document></n>")
    assert main(["notices", "--drop", str(home / "drop"), "--database", str(home / "bank.db")]) == 0
    assert one(connection, "SELECT customer, name FROM document") == ("c1", "a.pdf")


def test_the_mail_room_is_unpacked(connection, home):
    for name in ("s.zip", "p.photos.zip"):
        with zipfile.ZipFile(str(home / "drop" / name), "w") as scans:
            scans.writestr("a.txt", "x")
    assert nightly.MailRoomImport(connection, str(home / "drop")).run() == 2
    assert (home / "drop" / "s" / "a.txt").read_text() == "x"
    assert (home / "drop" / "p.photos" / "a.txt").read_text() == "x"


@pytest.mark.skipif(not hasattr(tarfile, "data_filter"), reason="this Python has no filters of archives yet")
def test_tapes_are_unpacked(connection, home):
    (home / "a.txt").write_text("x")
    for name in ("t.tar", "t.yearly.tar"):
        with tarfile.open(str(home / "drop" / name), "w") as tape:
            tape.add(str(home / "a.txt"), "a.txt")
    assert nightly.TapeImport(connection, str(home / "drop")).run() == 2
    assert (home / "drop" / "t" / "a.txt").read_text() == "x"
    assert (home / "drop" / "t.yearly" / "a.txt").read_text() == "x"
