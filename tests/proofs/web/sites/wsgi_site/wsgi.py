"""Says what it was sent."""

import json
from urllib.parse import parse_qs
from wsgiref.simple_server import make_server


def application(environ, start_response):
    if environ["PATH_INFO"] == "/look":
        query = parse_qs(environ["QUERY_STRING"])
        seen = query["q"]  #: | query string
    else:
        seen = []
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"seen": seen}).encode()]


make_server("localhost", 0, application).serve_forever()
