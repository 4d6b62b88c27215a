from django.conf import settings
from django.db import models


class Folder(models.Model):
    name = models.CharField(max_length=20)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)


class Note(models.Model):
    folder = models.ForeignKey(Folder, on_delete=models.CASCADE)
    slug = models.SlugField(unique=True)
    text = models.TextField()
