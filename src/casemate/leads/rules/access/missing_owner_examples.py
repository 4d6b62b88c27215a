"""Examples of `missing_owner`."""

from __future__ import annotations

from casemate.leads.rule import Example

DJANGO = """
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from .models import Currency, Invoice

@login_required
def show(request, pk):
    invoice = get_object_or_404(Invoice, pk=pk, owner=request.user)
    return JsonResponse({"total": invoice.total})
"""
FLASK = """
from flask import Blueprint, jsonify
from flask_login import current_user, login_required
from .models import Note, db
bp = Blueprint("notes", __name__)

@bp.route("/notes/<int:note_id>")
@login_required
def show(note_id):
    note = Note.query.filter_by(id=note_id, author_id=current_user.id).first_or_404()
    return jsonify(text=note.text)
"""
FASTAPI = """
from fastapi import APIRouter, Depends
from sqlalchemy import select
from .models import Order
from .users import User, session, signed_in
router = APIRouter()

@router.get("/orders/{order_id}")
def show(order_id: int, who: User = Depends(signed_in)):
    return session.scalars(select(Order).where(Order.id == order_id, Order.customer_id == who.id)).one()
"""

EXAMPLES = (
    Example(
        name="a route that prints what another shows to its owner alone",
        code=DJANGO
        + """
@login_required
def paper(request, pk):
    invoice = get_object_or_404(Invoice, pk=pk)  # finding
    return JsonResponse({"lines": invoice.lines})

@login_required
def remove(request, pk):
    Invoice.objects.filter(pk=pk).delete()  # finding
    return JsonResponse({})

urlpatterns = [path("a/<pk>", show), path("b/<pk>", paper), path("c/<pk>", remove)]
""",
    ),
    Example(
        name="by the primary key, through the class or the session",
        code=FLASK
        + """
@bp.route("/notes/<int:note_id>/text")
@login_required
def text(note_id):
    return jsonify(text=Note.query.get_or_404(note_id).text)  # finding

@bp.route("/notes/<int:note_id>", methods=["DELETE"])
@login_required
def remove(note_id):
    note = db.session.get(Note, note_id)  # finding
    db.session.delete(note)
    return "", 204
""",
    ),
    Example(
        name="by a comparison of columns",
        code=FASTAPI
        + """
@router.delete("/orders/{order_id}")
def remove(order_id: int, who: User = Depends(signed_in)):
    order = session.scalars(select(Order).where(Order.id == order_id)).one()  # finding
    session.delete(order)
""",
    ),
    Example(
        name="near-miss: the owner is asked for afterwards, or a permission",
        code=DJANGO
        + """
@login_required
def paper(request, pk):
    invoice = get_object_or_404(Invoice, pk=pk)
    if invoice.owner_id != request.user.pk:
        return JsonResponse({}, status=404)
    return JsonResponse({"lines": invoice.lines})

@staff_member_required
def everything(request, pk):
    return JsonResponse({"lines": Invoice.objects.get(pk=pk).lines})

urlpatterns = [path("a/<pk>", show), path("b/<pk>", paper), path("c/<pk>", everything)]
""",
    ),
    Example(
        name="near-miss: a model that belongs to nobody, and one row that the developer names",
        code=DJANGO
        + """
@login_required
def currency(request, pk):
    return JsonResponse({"name": get_object_or_404(Currency, pk=pk).name})

@login_required
def sample(request):
    return JsonResponse({"lines": Invoice.objects.get(pk=1).lines})

urlpatterns = [path("a/<pk>", show), path("b/<pk>", currency), path("c", sample)]
""",
    ),
    Example(
        name="near-miss: nothing in the application is fetched with an owner",
        code="""
from flask import Blueprint, jsonify
from .models import Page
bp = Blueprint("pages", __name__)

@bp.route("/pages/<int:page_id>")
def show(page_id):
    return jsonify(text=Page.query.get_or_404(page_id).text)

@bp.route("/pages/<int:page_id>/title")
def title(page_id):
    return jsonify(title=Page.query.get_or_404(page_id).title)
""",
    ),
    Example(
        name="near-miss: by another field, through the owner, or in a query that goes on to name the owner",
        code=FLASK
        + """
@bp.route("/notes/by/<address>")
@login_required
def shared(address):
    return jsonify(text=Note.query.filter_by(address=address).first_or_404().text)

@bp.route("/notes/<int:note_id>/mine")
@login_required
def mine(note_id):
    return jsonify(text=current_user.notes.filter_by(id=note_id).first_or_404().text)

@bp.route("/notes/<int:note_id>/more")
@login_required
def more(note_id):
    query = Note.query.filter_by(id=note_id)
    return jsonify(text=query.filter_by(author=current_user).first_or_404().text)
""",
    ),
)
