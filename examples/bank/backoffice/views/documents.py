# -*- coding: utf-8 -*-
import os

try:
    from shlex import quote
except ImportError:
    from pipes import quote

from flask import Blueprint, Response, abort, current_app, request
from werkzeug.utils import secure_filename

from backoffice.sessions import login_required
from backoffice.storage import DocumentStore
from batch import archive

bp = Blueprint("documents", __name__, url_prefix="/documents")


def store():
    return DocumentStore(current_app.config["DOCUMENTS"])


@bp.route("/<customer>")
@login_required
def download(customer):
    data = store().read(customer, request.args["name"])
    return Response(data, mimetype="application/octet-stream")


@bp.route("/shared/<path:name>")
@login_required
def shared(name):
    try:
        data = store().read_checked(name)
    except ValueError:
        abort(404)
    return Response(data, mimetype="application/octet-stream")


@bp.route("/upload", methods=["POST"])
@login_required
def upload():
    sent = request.files["document"]
    name = secure_filename(sent.filename)
    sent.save(os.path.join(current_app.config["DOCUMENTS"], name))
    return name, 201, {"Content-Type": "text/plain"}


@bp.route("/drafts/<number>", methods=["DELETE"])
@login_required
def purge(number):
    store().purge(number)
    return "", 204


@bp.route("/bundle", methods=["POST"])
@login_required
def bundle():
    names = archive.unpack_bundle(request.files["bundle"].stream, current_app.config["DOCUMENTS"])
    return str(len(names))


@bp.route("/print", methods=["POST"])
@login_required
def print_document():
    printer = request.form.get("printer", "backoffice")
    os.system("lp -d '%s' cover.pdf" % printer)
    return "", 204


@bp.route("/label", methods=["POST"])
@login_required
def print_label():
    text = request.form.get("text", "")
    os.system("printf %s " + quote(text) + " | lp -d labels")
    return "", 204
