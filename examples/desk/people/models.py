from django.conf import settings
from django.db import models


class Profile(models.Model):
    """What the desk knows of a colleague beside their account."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    team = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    signature = models.TextField(blank=True)

    def __str__(self):
        return self.user.get_username()
