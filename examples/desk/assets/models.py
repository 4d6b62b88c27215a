from django.db import models


class Device(models.Model):
    """A machine that the desk looks after."""

    serial = models.CharField(max_length=40, unique=True)
    host = models.CharField(max_length=80)
    room = models.CharField(max_length=20, blank=True)

    def __str__(self):
        return self.serial
