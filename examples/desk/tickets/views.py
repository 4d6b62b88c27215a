from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import escape, format_html
from django.views import View
from django.views.decorators.http import require_GET, require_POST
from tickets import files, letters, queries
from tickets.forms import ReplyForm, TicketForm
from tickets.models import Reply, Ticket


@login_required
@require_GET
def index(request):
    tickets = queries.of_user(request.user.pk, request.GET.get("order", "t.id"))
    return render(request, "tickets/list.html", {"tickets": tickets, "rows": request.preferences.rows})


@login_required
@require_GET
def table(request):
    descending = request.GET.get("direction") == "down"
    return JsonResponse({"tickets": queries.sorted_by(request.user.pk, request.GET.get("column"), descending)})


@login_required
@require_GET
def search(request):
    return JsonResponse({"tickets": queries.with_words(request.user.pk, request.GET.get("words", ""))})


@login_required
def create(request):
    form = TicketForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ticket = form.save(commit=False)
        ticket.opened_by = request.user
        ticket.save()
        return redirect("tickets:show", pk=ticket.pk)
    return render(request, "tickets/create.html", {"form": form})


class Show(LoginRequiredMixin, View):
    """A ticket with its replies; posting adds one."""

    def get(self, request, pk):
        ticket = get_object_or_404(Ticket, pk=pk, opened_by=request.user)
        return render(request, "tickets/show.html", {"ticket": ticket, "form": ReplyForm()})

    def post(self, request, pk):
        ticket = get_object_or_404(Ticket, pk=pk, opened_by=request.user)
        form = ReplyForm(request.POST)
        if form.is_valid():
            form.instance.ticket, form.instance.author = ticket, request.user
            form.save()
        return redirect("tickets:show", pk=pk)


@login_required
@require_POST
def quick_reply(request, pk):
    """Used by the list: adds a reply and gives it back as the piece of the page that shows it."""
    ticket = get_object_or_404(Ticket, pk=pk, opened_by=request.user)
    reply = Reply(ticket=ticket, author=request.user, body=request.POST["body"])
    reply.save()
    return HttpResponse("<li>" + reply.body.replace("\n", "<br>") + "</li>")


@login_required
@require_POST
def quick_note(request, pk):
    """The same for notes, which only colleagues see."""
    ticket = get_object_or_404(Ticket, pk=pk, opened_by=request.user)
    note = Reply(ticket=ticket, author=request.user, body="Note: " + request.POST["body"])
    note.save()
    return HttpResponse(format_html("<li class=note>{}</li>", note.body))


@login_required
@require_GET
def attachment(request, pk):
    get_object_or_404(Ticket, pk=pk, opened_by=request.user)
    try:
        return FileResponse(files.open_attachment(pk, request.GET["name"]), as_attachment=True)
    except FileNotFoundError as error:
        raise Http404 from error


@login_required
@require_GET
def preview(request, pk, name):
    get_object_or_404(Ticket, pk=pk, opened_by=request.user)
    try:
        return FileResponse(files.open_preview(pk, name), content_type="image/png")
    except FileNotFoundError as error:
        raise Http404 from error


@login_required
@require_POST
def letter(request, pk):
    ticket = get_object_or_404(Ticket, pk=pk, opened_by=request.user)
    if request.POST.get("kind") == "closing":
        text = letters.closing(request.user.get_username(), request.POST["text"])
    else:
        text = letters.draft(request.POST["text"], ticket)
    return HttpResponse("<pre>" + escape(text) + "</pre>")
