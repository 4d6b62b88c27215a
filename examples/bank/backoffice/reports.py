# -*- coding: utf-8 -*-
"""Reports and letters."""
import ast
import os
import re

from jinja2 import Environment, Template

from backoffice import db

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
ARITHMETIC = re.compile(r"[0-9+\-*/(). ]+")

GREETING = Environment(autoescape=True).from_string("Dear {{ name }},\n\n{{ text }}\n\nYour Landbank\n")


def pdf_path(folder, customer, period):
    name = "statement_%s.pdf" % period.replace("/", "-")
    return os.path.join(folder, customer, name)


def write_pdf(folder, customer, period, body):
    path = pdf_path(folder, customer, period)
    with open(path, "wb") as handle:
        handle.write(b"%PDF-1.4\n" + body)
    return path


def month_file(folder, month):
    if MONTH.fullmatch(month) is None:
        raise ValueError("not a month")
    with open(os.path.join(folder, month + ".csv")) as handle:
        return handle.read()


def letter(subject, name):
    text = "Re: " + subject + "\n\nDear {{ name }},\n"
    return Template(text).render(name=name)


def greeting(name, text):
    return GREETING.render(name=name, text=text)


class FeeModel(object):
    """A fee as the product people write it: `balance * 0.002 + 1.5`."""

    def __init__(self, formula):
        self.formula = formula

    def compute(self, balance):
        return eval(self.formula, {"__builtins__": {}}, {"balance": balance})


def flat_fee(text):
    if not ARITHMETIC.fullmatch(text):
        raise ValueError("only numbers and + - * /")
    return eval(text)


def fee_table(text):
    return ast.literal_eval(text)


def totals(group):
    return db.query("SELECT %s AS label, SUM(balance) AS total FROM account GROUP BY 1" % group)


def largest(count):
    return db.query("SELECT iban, balance FROM account ORDER BY balance DESC LIMIT ?", (count,))
