# -*- coding: utf-8 -*-
"""File import: what the branches and the clearing house leave in the drop folder at night."""
import csv
import os

from lxml import etree

from batch import archive
from batch.base import Job


class DropFolderJob(Job):
    suffix = ""

    def pending(self):
        for name in sorted(os.listdir(self.drop)):
            if name.endswith(self.suffix):
                yield os.path.join(self.drop, name)


class AccountImport(DropFolderJob):
    name = "accounts"
    suffix = ".accounts.csv"

    def process(self, item):
        cursor = self.connection.cursor()
        with open(item) as handle:
            for row in csv.reader(handle, delimiter=";"):
                values = "'%s', '%s', '%s'" % (row[0], row[1], row[2])
                cursor.execute("INSERT INTO account (iban, owner, branch) VALUES (" + values + ")")


class BookingImport(DropFolderJob):
    name = "bookings"
    suffix = ".bookings.csv"

    def process(self, item):
        with open(item) as handle:
            rows = [(int(r[0]), r[1], int(r[2]), r[3]) for r in csv.reader(handle, delimiter=";")]
        sql = "INSERT INTO booking (account_id, booked_on, amount, purpose) VALUES (?, ?, ?, ?)"
        self.connection.executemany(sql, rows)


class BalanceImport(DropFolderJob):
    name = "balances"
    suffix = ".balances.csv"

    def process(self, item):
        with open(item) as handle:
            for line in handle:
                account, _, balance = line.strip().partition(";")
                sql = "UPDATE account SET balance = %d WHERE id = %d" % (int(balance), int(account))
                self.connection.execute(sql)


class NoticeImport(DropFolderJob):
    name = "notices"
    suffix = ".xml"

    def process(self, item):
        parser = etree.XMLParser(load_dtd=True, resolve_entities=True)
        tree = etree.parse(item, parser)
        for entry in tree.iter("document"):
            values = (entry.get("customer"), entry.text)
            self.connection.execute("INSERT INTO document (customer, name) VALUES (?, ?)", values)


class MailRoomImport(DropFolderJob):
    name = "mail-room"
    suffix = ".zip"

    def process(self, item):
        folder = item[:-len(self.suffix)]
        os.mkdir(folder)
        if item.endswith(".photos.zip"):
            archive.unpack_photos(item, folder)
        else:
            archive.unpack_scans(item, folder)


class TapeImport(DropFolderJob):
    name = "tapes"
    suffix = ".tar"

    def process(self, item):
        folder = item[:-len(self.suffix)]
        os.mkdir(folder)
        if item.endswith(".yearly.tar"):
            archive.unpack_tape(item, folder)
        else:
            archive.unpack_checked(item, folder)
