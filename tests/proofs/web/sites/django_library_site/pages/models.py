from django.db import models


class Page(models.Model):
    slug = models.SlugField()
    text = models.TextField()
