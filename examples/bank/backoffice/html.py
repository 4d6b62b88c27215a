# -*- coding: utf-8 -*-
"""Markup helpers from before the templates."""
from markupsafe import Markup, escape


def page(title, body):
    return "<!doctype html><html><head><title>" + title + "</title></head><body>" + body + "</body></html>"


def heading(text):
    return "<h1>%s</h1>" % text


def table(rows, columns):
    lines = []
    for row in rows:
        cells = "".join("<td>%s</td>" % escape(row[c]) for c in columns)
        lines.append("<tr>%s</tr>" % cells)
    return "<table>%s</table>" % "".join(lines)


def badge(text):
    return str(Markup("<span class='badge'>%s</span>") % text)
