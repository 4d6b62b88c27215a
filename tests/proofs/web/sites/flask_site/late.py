"""Imported by the view that wants it, when it runs."""


def part(request, name):
    return request.form.get(name)
