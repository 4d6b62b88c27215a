# -*- coding: utf-8 -*-
from flask import Blueprint, abort, request
from markupsafe import escape

from backoffice import html
from backoffice.services import AccountService
from backoffice.sessions import login_required

bp = Blueprint("accounts", __name__)


@bp.route("/accounts")
@login_required
def search():
    owner = request.args.get("owner", "")
    rows = AccountService().search(owner)
    body = html.heading("Accounts of " + owner) + html.table(rows, ("iban", "owner", "balance"))
    return html.page("Accounts", body)


@bp.route("/accounts/<iban>")
@login_required
def show(iban):
    account = AccountService().find(iban)
    if account is None:
        abort(404)
    body = html.heading(escape(iban)) + html.table([account], ("iban", "owner", "branch", "balance"))
    return html.page("Account", body)


@bp.route("/accounts/branches")
@login_required
def by_branch():
    rows = AccountService().of_branches(request.args.getlist("branch"))
    return html.page("Branches", html.table(rows, ("iban", "owner")))
