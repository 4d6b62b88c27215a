"""Says what it was sent."""

from bottle import get, post, request, run


def told(*values):
    return {"seen": [str(value) for value in values]}


@get("/cookie")
def by_cookie():
    return told(request.get_cookie("theme"))  #: get_cookie | cookie


@post("/form")
def by_form():
    return told(request.forms.getunicode("note"))  #: forms | form field


@get("/query")
def by_query():
    return told(request.query.tag)  #: query | query string


@get("/header")
def by_header():
    return told(request.headers.get("X-Trace"))  #: headers | request header


@get("/path/<number:int>/<name>")
def by_path(number, name):  #: | URL path, parameter `name`
    return told(name)


@get("/deep/<rest:path>")
def by_deep_path(rest):  #: | URL path, parameter `rest`
    return told(rest)


@post("/json")
def by_json():
    return told(request.json["title"])  #: json | JSON body


@post("/file")
def by_file():
    return told(request.files.get("scan").file.read().decode())  #: files | uploaded file


@get("/fails")
def fails():
    raise LookupError(request.query.q)  #: query | query string


run(host="localhost", port=8080)
