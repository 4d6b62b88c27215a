"""Exports lie in a folder that the file server shows."""

import csv
from pathlib import Path

from django.conf import settings
from django.utils.text import get_valid_filename


def write(name, rows):
    folder = Path(settings.EXPORTS)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name + ".csv")
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path.name


def write_monthly(year, month, rows):
    return write(f"{int(year):04}-{int(month):02}", rows)


def write_named(title, rows):
    return write(get_valid_filename(title), rows)
