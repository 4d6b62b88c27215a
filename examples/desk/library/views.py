from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_POST
from library import bundles
from library.board import Board
from library.models import Article

SITES = {"graz", "linz", "wels"}


@require_GET
def search(request):
    words = request.GET.get("q", "")
    found = Article.objects.filter(public=True, title__icontains=words)
    heading = mark_safe(f"{len(found)} articles about <em>{words}</em>")
    return render(request, "library/search.html", {"heading": heading, "articles": found})


@require_GET
def suggest(request):
    """What the search box shows while somebody types."""
    words = request.GET.get("q", "")
    found = Article.objects.filter(public=True, title__istartswith=words)[:8]
    items = "".join(f"<li>{escape(article.title)}</li>" for article in found)
    return HttpResponse(f"<p>{escape(words)}</p><ul>{items}</ul>")


@require_GET
def show(request, slug):
    article = get_object_or_404(Article, slug=slug, public=True)
    return render(request, "library/show.html", {"article": article})


@login_required
@require_POST
def pin(request):
    """Puts a notice on the board."""
    Board.notice = request.POST["notice"]
    Board.author = escape(request.POST.get("author", ""))
    messages.success(request, "Pinned.")
    return redirect("library:search")


@require_GET
def board(request):
    return HttpResponse("<aside>" + Board.notice + "</aside>")


@require_GET
def board_author(request):
    return HttpResponse("<address>" + Board.author + "</address>")


@staff_member_required(login_url="people:login")
@require_POST
def import_bundle(request):
    site = request.POST.get("site", "")
    if site not in SITES:
        return HttpResponse("unknown site", status=400, content_type="text/plain")
    return JsonResponse({"files": len(bundles.unpack(request.FILES["bundle"], site))})


@staff_member_required(login_url="people:login")
@require_POST
def import_pictures(request):
    return JsonResponse({"files": len(bundles.unpack_pictures(request.FILES["pictures"]))})


@staff_member_required(login_url="people:login")
@require_POST
def check_bundle(request):
    return JsonResponse({"names": bundles.names_in(request.FILES["bundle"].read())})


@staff_member_required(login_url="people:login")
@require_POST
def import_index(request):
    articles = bundles.read_index(request.FILES["index"].read())
    return JsonResponse({"articles": len(articles)})


@staff_member_required(login_url="people:login")
@require_POST
def import_outline(request):
    chapters = bundles.read_outline(request.FILES["outline"].read())
    return JsonResponse({"chapters": len(chapters)})
