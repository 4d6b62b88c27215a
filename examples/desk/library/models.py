from django.db import models


class Article(models.Model):
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    body = models.TextField()
    public = models.BooleanField(default=True)

    def __str__(self):
        return self.title
