"""Routes that a function attaches to an application that is handed to it."""

from flask import jsonify, request


def init(app):
    @app.route("/desk", methods=["POST"])
    def take():
        return jsonify(seen=[request.form["pen"]])  #: form | form field
