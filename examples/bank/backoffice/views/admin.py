# -*- coding: utf-8 -*-
from flask import Blueprint, Response, abort, current_app, jsonify, make_response, render_template_string, request

from backoffice import html, rates, reports, storage
from backoffice.sessions import login_required
from batch.settlement import Settlement

bp = Blueprint("admin", __name__, url_prefix="/admin")

NOTICE = "<div class='notice'><b>{{ title }}</b> {{ text }}</div>"
REPORTS = {"largest": reports.largest, "totals": lambda count: reports.totals("branch")}


@bp.route("/log")
@login_required
def log():
    try:
        lines = storage.read_log(current_app.config["LOGS"], request.args.get("name", "app.log"))
    except ValueError:
        abort(404)
    return Response(lines, mimetype="text/plain")


@bp.route("/settlement", methods=["POST"])
@login_required
def settlement():
    run = Settlement(request.form["date"], request.form.get("batch", "1"))
    return jsonify(status=run.start())


@bp.route("/settlement/<batch>")
@login_required
def settlement_status(batch):
    return Response(Settlement(None, batch).status(), mimetype="text/plain")


@bp.route("/settlement/day", methods=["POST"])
@login_required
def settlement_day():
    return jsonify(status=Settlement.close_day(request.form["day"]))


@bp.route("/fees/preview", methods=["POST"])
@login_required
def fee_preview():
    model = reports.FeeModel(request.form["formula"])
    return jsonify(fee=model.compute(int(request.form["balance"])))


@bp.route("/fees/flat", methods=["POST"])
@login_required
def fee_flat():
    return jsonify(fee=reports.flat_fee(request.form["fee"]))


@bp.route("/fees/table", methods=["POST"])
@login_required
def fee_table():
    return jsonify(rows=len(reports.fee_table(request.form["table"])))


@bp.route("/letter", methods=["POST"])
@login_required
def letter():
    text = reports.letter(request.form["subject"], request.form["name"])
    return Response(text, mimetype="text/plain")


@bp.route("/greeting", methods=["POST"])
@login_required
def greeting():
    return Response(reports.greeting(request.form["name"], request.form["text"]), mimetype="text/plain")


@bp.route("/notice/draft", methods=["POST"])
@login_required
def notice_draft():
    return render_template_string("<div class='notice'>" + request.form["text"] + "</div>")


@bp.route("/notice", methods=["POST"])
@login_required
def notice():
    return render_template_string(NOTICE, title=request.form["title"], text=request.form["text"])


@bp.route("/rates/<currency>")
@login_required
def rate(currency):
    client = rates.RateClient(request.args.get("feed") or rates.CENTRAL_BANK)
    return jsonify(client.fetch(currency))


@bp.route("/rates/mirror")
@login_required
def rate_mirror():
    return Response(rates.mirror(request.args["url"]), mimetype="application/json")


@bp.route("/rates/daily/<currency>")
@login_required
def rate_daily(currency):
    return Response(rates.daily(currency), mimetype="application/json")


@bp.route("/rates/history")
@login_required
def rate_history():
    return Response(rates.history(request.args["year"]), mimetype="text/csv")


@bp.route("/report/<name>")
@login_required
def report(name):
    if name not in REPORTS:
        abort(404)
    rows = REPORTS[name](int(request.args.get("count", 10)))
    return jsonify([list(row) for row in rows])


@bp.route("/totals")
@login_required
def totals():
    rows = reports.totals(request.args.get("by", "branch"))
    return html.page("Totals", html.table(rows, ("label", "total")))


@bp.route("/ping")
@login_required
def ping():
    response = make_response("<p>alive, " + request.args.get("who", "nobody") + "</p>")
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.route("/badge")
@login_required
def badge():
    return html.page("Badge", html.badge(request.args.get("text", "")))
