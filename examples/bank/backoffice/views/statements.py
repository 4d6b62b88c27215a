# -*- coding: utf-8 -*-
from flask import Blueprint, Response, abort, current_app, render_template, request

from backoffice import reports
from backoffice.services import StatementService
from backoffice.sessions import login_required

bp = Blueprint("statements", __name__, url_prefix="/statements")


@bp.route("/<int:account_id>")
@login_required
def show(account_id):
    rows = StatementService().page(account_id, request.args.get("sort"), request.args.get("dir"))
    return render_template("statement.html", rows=rows, note=request.args.get("note", ""))


@bp.route("/<int:account_id>/export")
@login_required
def export(account_id):
    order = request.args.get("order", "booked_on")
    lines = StatementService().lines(account_id, order)
    return Response("\n".join(lines), mimetype="text/csv")


@bp.route("/pdf", methods=["POST"])
@login_required
def pdf():
    customer = request.form["customer"]
    period = request.form["period"]
    path = reports.write_pdf(current_app.config["STATEMENTS"], customer, period, b"%%EOF\n")
    current_app.logger.info("statement written to %s", path)
    return "", 204


@bp.route("/month")
@login_required
def month():
    try:
        text = reports.month_file(current_app.config["STATEMENTS"], request.args.get("month", ""))
    except ValueError:
        abort(400)
    return Response(text, mimetype="text/csv")
