# -*- coding: utf-8 -*-
"""python -m batch accounts --drop /srv/bank/drop"""
import argparse
import sqlite3
import sys

from batch import nightly

JOBS = {
    "accounts": nightly.AccountImport,
    "balances": nightly.BalanceImport,
    "bookings": nightly.BookingImport,
    "mail-room": nightly.MailRoomImport,
    "notices": nightly.NoticeImport,
    "tapes": nightly.TapeImport,
}


def main(argv=None):
    parser = argparse.ArgumentParser(prog="batch")
    parser.add_argument("job", choices=sorted(JOBS))
    parser.add_argument("--drop", default="/srv/bank/drop")
    parser.add_argument("--database", default="/srv/bank/bank.db")
    options = parser.parse_args(argv)
    connection = sqlite3.connect(options.database)
    try:
        JOBS[options.job](connection, options.drop).run()
    finally:
        connection.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
