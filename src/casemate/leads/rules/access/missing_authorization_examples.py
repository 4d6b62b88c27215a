"""Examples of `missing_authorization`."""

from __future__ import annotations

from casemate.leads.rule import Example

HEAD = """
from flask import Blueprint, abort, request
from flask_login import current_user, login_required
from .store import notes
bp = Blueprint("notes", __name__)

@bp.route("/notes")
@login_required
def overview():
    return notes.all()

@bp.route("/notes/<int:note_id>")
@login_required
def show(note_id):
    return notes.one(note_id)

@bp.route("/notes", methods=["POST"])
@login_required
def add():
    return notes.add(request.json)
"""
API = """
from fastapi import APIRouter, Depends
from .users import User, current_user
from .store import orders
router = APIRouter()

@router.get("/orders")
def overview(user: User = Depends(current_user)):
    user.check_permission("orders")
    return orders.all()

@router.post("/orders")
def add(item: str, user: User = Depends(current_user)):
    user.check_permission("orders")
    return orders.add(item)

@router.put("/orders/{order_id}")
def change(order_id: str, item: str, user: User = Depends(current_user)):
    user.check_permission("orders")
    return orders.change(order_id, item)
"""

EXAMPLES = (
    Example(
        name="one route that deletes",
        code=HEAD
        + """
@bp.route("/notes/<int:note_id>", methods=["DELETE"])
def remove(note_id):  # finding
    return notes.remove(note_id)
""",
    ),
    Example(
        name="one route that reads by an id",
        code=HEAD
        + """
@bp.route("/notes/<int:note_id>/export")
def export(note_id):  # finding
    return notes.text(note_id)
""",
    ),
    Example(
        name="a check called in the siblings' first line",
        code=API
        + """
@router.delete("/orders/{order_id}")
def remove(order_id: str):  # finding
    return orders.remove(order_id)
""",
    ),
    Example(
        name="near-miss: all have it",
        code=HEAD
        + """
@bp.route("/notes/<int:note_id>", methods=["DELETE"])
@login_required
def remove(note_id):
    return notes.remove(note_id)
""",
    ),
    Example(
        name="near-miss: open by its nature",
        code=HEAD
        + """
@bp.route("/login", methods=["POST"])
def login():
    return {}

@bp.route("/health")
def health():
    return {}
""",
    ),
    Example(
        name="near-miss: checked inside",
        code=HEAD
        + """
@bp.route("/notes/<int:note_id>", methods=["DELETE"])
def remove(note_id):
    if not current_user.is_authenticated:
        abort(403)
    return notes.remove(note_id)
""",
    ),
    Example(
        name="near-miss: something runs before every route",
        code=HEAD
        + """
@bp.before_request
def ask():
    if not current_user.is_authenticated:
        abort(403)

@bp.route("/notes/<int:note_id>", methods=["DELETE"])
def remove(note_id):
    return notes.remove(note_id)
""",
    ),
    Example(
        name="near-miss: half of them have it",
        code=HEAD
        + """
@bp.route("/pages", methods=["POST"])
def pages():
    return notes.pages()

@bp.route("/words", methods=["POST"])
def words():
    return notes.words()

@bp.route("/lines", methods=["POST"])
def lines():
    return notes.lines()
""",
    ),
)
