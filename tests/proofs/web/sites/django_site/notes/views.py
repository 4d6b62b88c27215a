import json

from django import forms
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views import View
from django.views.decorators.http import require_POST

from notes.models import Note


class NoteForm(forms.Form):
    title = forms.CharField()
    colour = forms.ChoiceField(choices=[("red", "Red"), ("blue", "Blue")])
    count = forms.IntegerField()


def told(*values):
    return JsonResponse({"seen": [str(value) for value in values]})


def by_cookie(request):
    return told(request.COOKIES["theme"])  #: COOKIES | cookie


def by_form(request):
    return told(request.POST.get("note"))  #: POST | form field


def by_query(request):
    return told(request.GET["tag"])  #: GET | query string


def by_header(request):
    return told(request.META["HTTP_X_TRACE"])  #: META | request header


def by_path(request, number, name):  #: | URL path, parameter `name`
    return told(name)


def by_deep_path(request, rest):  #: | URL path, parameter `rest`
    return told(rest)


def by_old_path(request, year, word):  #: | URL path, parameter `word`
    return told(word)


def by_json(request):
    data = json.loads(request.body)  #: body | request body
    return told(data["title"])


def by_file(request):
    return told(request.FILES["scan"].read().decode())  #: FILES | uploaded file


def by_filename(request):
    scan = request.FILES["scan"]
    return told(scan.name)  #: name | uploaded file's name


def by_django_form(request):
    form = NoteForm(request.POST)  #: POST | form field
    if form.is_valid():
        return told(form.cleaned_data["title"])
    return told()


@login_required
def by_member(request, pk):
    note = get_object_or_404(Note, pk=pk, folder__owner=request.user)
    return told(request.GET["tag"] if note.text else "")  #: GET | query string


@staff_member_required
def by_staff(request):
    return told(request.GET["tag"])  #: GET | query string


@require_POST
def by_post_only(request):
    return told(request.GET["tag"])  #: GET | query string


class ByClass(LoginRequiredMixin, View):
    def post(self, request, *args, **kwargs):
        get_object_or_404(Note, slug=self.kwargs["slug"])
        return told(request.POST["text"])  #: POST | form field


def fails(request):
    raise LookupError(request.GET["tag"])  #: GET | query string


def remembers(request):
    request.session["last"] = request.GET["tag"]  #: GET | query string
    return told()
