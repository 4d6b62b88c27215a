from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views import View

from pages.models import Page


def show(request, slug):
    get_object_or_404(Page, slug=slug)
    return JsonResponse({"seen": [request.GET["q"]]})  #: GET | query string


def loose(request, name):
    return JsonResponse({"seen": [name, request.POST["text"]]})  #: POST | form field


class Loose(View):
    def get(self, request, name):  #: | URL path, parameter `name`
        return JsonResponse({"seen": [name]})
