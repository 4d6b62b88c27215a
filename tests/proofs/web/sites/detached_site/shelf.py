"""Routes that no application attaches."""

from flask import Blueprint, jsonify, request

shelf = Blueprint("shelf", __name__)


@shelf.get("/shelf")
def look():
    return jsonify(seen=[request.args["book"]])  #: args | query string
