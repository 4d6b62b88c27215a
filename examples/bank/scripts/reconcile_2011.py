#!/usr/bin/env python
# -*- coding: utf-8 -*-
# Month-end reconciliation. Still runs under Python 2 on the old host.
import sqlite3
import sys


def difference(db, reference):
    cur = db.cursor()
    cur.execute("SELECT amount FROM booking WHERE purpose = '%s'" % reference)
    row = cur.fetchone()
    if row is None:
        return None
    return row[0]


def exact(db, reference):
    cur = db.cursor()
    cur.execute("SELECT amount FROM booking WHERE purpose = ?", (reference,))
    return cur.fetchone()


def main():
    db = sqlite3.connect("/srv/bank/bank.db")
    for line in open("/srv/bank/drop/response.txt"):
        reference, amount = line.split("|", 1)
        try:
            booked = difference(db, reference)
        except sqlite3.Error, error:
            print >>sys.stderr, "cannot reconcile", reference, error
            continue
        if booked is None and exact(db, reference) is None:
            print "missing: %s" % reference
        elif booked <> long(amount):
            print "differs: %s by %d" % (reference, long(amount) - booked)


if __name__ == "__main__":
    main()
