"""Attachments lie in one folder a ticket."""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation


def folder_of(ticket_id):
    return Path(settings.ATTACHMENTS) / str(int(ticket_id))


def open_attachment(ticket_id, name):
    folder = folder_of(ticket_id)
    folder.mkdir(parents=True, exist_ok=True)
    return open(folder / name, "rb")


def open_preview(ticket_id, name):
    """The small picture of an attachment; it must lie in the ticket's own folder."""
    folder = folder_of(ticket_id).resolve()
    wanted = (folder / (name + ".png")).resolve()
    if not wanted.is_relative_to(folder):
        raise SuspiciousFileOperation(name)
    return open(wanted, "rb")
