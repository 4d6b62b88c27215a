from django.conf import settings
from django.db import models


class Ticket(models.Model):
    OPEN, WAITING, CLOSED = "open", "waiting", "closed"
    STATES = [(OPEN, "Open"), (WAITING, "Waiting"), (CLOSED, "Closed")]

    title = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=STATES, default=OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tickets")
    opened_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return f"#{self.pk} {self.title}"


class Reply(models.Model):
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    body = models.TextField()
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["written_at"]


class Attachment(models.Model):
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
