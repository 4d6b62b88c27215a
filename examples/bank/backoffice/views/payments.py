# -*- coding: utf-8 -*-
import yaml
from flask import Blueprint, jsonify, request

from backoffice import payments
from backoffice.sessions import login_required

bp = Blueprint("payments", __name__, url_prefix="/payments")


@bp.route("/initiation", methods=["POST"])
@login_required
def initiation():
    return jsonify(payments.read_initiation(request.get_data()))


@bp.route("/notification", methods=["POST"])
@login_required
def notification():
    return jsonify(entries=payments.count_entries(request.get_data()))


@bp.route("/templates", methods=["POST"])
@login_required
def import_templates():
    document = yaml.load(request.files["templates"].read(), Loader=yaml.Loader)
    return jsonify(count=len(document["templates"]))


@bp.route("/calendar", methods=["POST"])
@login_required
def import_calendar():
    document = yaml.safe_load(request.files["calendar"].read())
    return jsonify(holidays=len(document["holidays"]))
