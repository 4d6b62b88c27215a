from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST
from reports import exports, figures

staff = staff_member_required(login_url="people:login")


@staff
@require_GET
def index(request):
    return render(request, "reports/index.html", {"basis": figures.basis()})


@staff
@require_GET
def counts(request):
    return JsonResponse({"counts": figures.counted(request.GET.get("by", "state"))})


@staff
@require_GET
def grouped(request):
    return JsonResponse({"counts": figures.counted_by(request.GET.get("by", "state"))})


@staff
@require_POST
def figure(request):
    try:
        return HttpResponse(str(figures.custom(request.POST["formula"])), content_type="text/plain")
    except (NameError, SyntaxError, ZeroDivisionError):
        return HttpResponseBadRequest("no figure", content_type="text/plain")


@staff
@require_POST
def arithmetic(request):
    try:
        return HttpResponse(str(figures.simple(request.POST["formula"])), content_type="text/plain")
    except (ValueError, SyntaxError, ZeroDivisionError):
        return HttpResponseBadRequest("no figure", content_type="text/plain")


@staff
@require_POST
def export(request):
    rows = [[row["what"], row["number"]] for row in figures.counted_by("state")]
    if request.POST.get("kind") == "monthly":
        name = exports.write_monthly(request.POST["year"], request.POST["month"], rows)
    elif request.POST.get("kind") == "named":
        name = exports.write_named(request.POST["name"], rows)
    else:
        name = exports.write(request.POST["name"], rows)
    return JsonResponse({"file": name})
