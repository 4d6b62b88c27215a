# -*- coding: utf-8 -*-
"""What the pages ask for; knows the data access objects, but no HTTP."""
from backoffice import db
from backoffice.dao import AccountDao, BookingDao


class AccountService(object):
    PAGE = 50

    def __init__(self):
        self.accounts = AccountDao(db.connect())

    def search(self, owner):
        owner = owner.strip()
        if not owner:
            return []
        return self.accounts.by_owner(owner, limit=self.PAGE)

    def find(self, iban):
        return self.accounts.by_iban(iban.replace(" ", "").upper())

    def of_branches(self, branches):
        return self.accounts.by_branches([b for b in branches if b])


class StatementService(object):
    def __init__(self):
        self.bookings = BookingDao(db.connect())

    def page(self, account_id, sort="date", direction="asc"):
        return self.bookings.page(account_id, sort, direction)

    def lines(self, account_id, order):
        for row in self.bookings.export(account_id, order):
            yield "%s;%d;%s" % (row["booked_on"], row["amount"], row["purpose"])
