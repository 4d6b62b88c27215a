# -*- coding: utf-8 -*-
"""Data access objects."""


class Dao(object):
    table = None

    def __init__(self, connection):
        self.connection = connection

    def by_id(self, key):
        sql = "SELECT * FROM %s WHERE id = ?" % self.table
        return self.connection.execute(sql, (key,)).fetchone()


class AccountDao(Dao):
    table = "account"

    def by_iban(self, iban):
        sql = "SELECT * FROM account WHERE iban = ?"
        return self.connection.execute(sql, (iban,)).fetchone()

    def by_owner(self, owner, limit=None):
        sql = "SELECT iban, owner, balance FROM account WHERE owner LIKE '%" + owner + "%' ORDER BY owner"
        if limit is not None:
            sql += " LIMIT %d" % limit
        return self.connection.execute(sql).fetchall()

    def by_branches(self, branches):
        marks = ", ".join("?" for _ in branches)
        sql = "SELECT iban, owner, balance FROM account WHERE branch IN (%s) ORDER BY iban" % marks
        return self.connection.execute(sql, list(branches)).fetchall()


class BookingDao(Dao):
    table = "booking"
    SORTABLE = {"date": "booked_on", "amount": "amount"}

    def page(self, account_id, sort, direction):
        column = self.SORTABLE.get(sort, "booked_on")
        order = "DESC" if direction == "desc" else "ASC"
        sql = "SELECT * FROM booking WHERE account_id = ? ORDER BY %s %s" % (column, order)
        return self.connection.execute(sql, (account_id,)).fetchall()

    def export(self, account_id, order):
        sql = "SELECT booked_on, amount, purpose FROM booking WHERE account_id = {0:d} ORDER BY {1}"
        return self.connection.execute(sql.format(account_id, order)).fetchall()
