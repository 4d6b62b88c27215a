"""Says what it was sent. A comment `#: word | what` marks a source: the word that the trace points to, and what it calls it."""

import functools

from flask import Blueprint, Flask, abort, g, jsonify, redirect, request, session, url_for
from flask.views import MethodView
from helpers import FIELD, Parts, checked, pick

app = Flask(__name__)
app.secret_key = "for tests"
inner = Blueprint("inner", __name__, url_prefix="/inner")


def told(*values):
    return jsonify(seen=[str(value) for value in values])


def member(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if "user_id" not in session:
            return redirect(url_for("by_cookie"))
        return view(*args, **kwargs)

    return wrapper


@app.get("/cookie")
def by_cookie():
    return told(request.cookies.get("theme", "none"))  #: cookies | cookie


@app.post("/form")
def by_form():
    return told(request.form["note"])  #: form | form field


@app.get("/query")
def by_query():
    found = request.args.getlist("tag")  #: args | query string
    return told(found[0])


@app.get("/header")
def by_header():
    return told(request.headers.get("X-Trace"))  #: headers | request header


@app.get("/referer")
def by_referer():
    return told(request.referrer)  #: referrer | Referer header


@app.get("/host")
def by_host():
    return told(request.host)  #: host | Host header


@app.get("/path/<int:number>/<name>")
def by_path(number, name):  #: | URL path, parameter `name`
    return told(name) if number == 1 else told()


@app.get("/deep/<path:rest>")
def by_deep_path(rest):  #: | URL path, parameter `rest`
    return told(rest)


@app.post("/json")
def by_json():
    data = request.get_json()  #: get_json | JSON body
    return told(data["ticket"]["title"])


@app.post("/body")
def by_body():
    return told(request.get_data().decode())  #: get_data | request body


@app.post("/file")
def by_file():
    return told(request.files["scan"].read().decode())  #: files | uploaded file


@app.post("/filename")
def by_filename():
    return told(request.files["scan"].filename)  #: filename | uploaded file's name


@app.post("/constant")
def by_constant():
    return told(request.form[FIELD])  #: form | form field


@app.get("/helper")
def by_helper():
    return told(pick(request, "colour"))


@app.get("/wrapped")
def by_wrapped():
    parts = Parts(request)
    return told(parts.query("shade"))


@app.post("/names")
def by_names():
    for name in request.form:  #: form | form field
        if "special" in request.form.getlist(name):
            return told(name)
    return told()


@app.post("/values")
def by_values():
    for name, value in request.form.items():  #: form | form field
        if name != "kept":
            return told(value)
    return told()


@app.get("/byhand")
def by_hand():
    text = request.query_string.decode()  #: query_string | query string
    at = text.find("token=")
    return told(text[at + len("token=") :]) if at >= 0 else told()


@app.route("/both", methods=["GET", "POST"])
def by_both():
    if request.method == "POST":
        if request.form["action"] == "rename" and int(request.form["count"]) > 0:
            return told(request.form["title"])  #: form | form field
        return told("other")
    return told()


@app.post("/member")
@member
def by_member():
    return told(request.form["secret"])  #: form | form field


@inner.get("/blueprint")
def by_blueprint():
    return told(request.args["q"])  #: args | query string


SITES = {"linz", "graz"}


class Kept:
    text = ""


@app.post("/keep")
def keep():
    Kept.text = request.form["text"]  #: form | form field
    return told()


@app.get("/kept")
def kept():
    return told(Kept.text)


@app.post("/branch")
def by_other_branch():
    if request.form["kind"] == "closing":
        return told()
    return told(request.form["text"])  #: form | form field


@app.post("/one-of")
def by_one_of_several():
    site = request.form.get("site", "")
    if site not in SITES:
        abort(400)
    return told(request.form["text"])  #: form | form field


@app.get("/prefix")
def by_prefix():
    url = request.args["url"]  #: args | query string
    if not url.startswith("https://feeds.example/"):
        abort(400)
    return told(url[len("https://feeds.example/") :])


@app.post("/late")
def by_late():
    import late

    hue = late.part(request, "hue")
    return told(hue.upper())


@app.get("/checked")
def by_checked():
    return told(checked(request.args["url"]))  #: args | query string


@app.before_request
def open_session():
    g.user = None


def known(view):
    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        if g.user is None:
            abort(401)
        return view(*args, **kwargs)

    return wrapper


@app.get("/known")
@known
def by_known():
    return told(request.args["q"])  #: args | query string


class Notes(MethodView):
    def get(self, slug):  #: | URL path, parameter `slug`
        return told(slug)


@app.get("/fails")
def fails():
    raise LookupError(request.args["q"])  #: args | query string


@app.get("/remembers")
def remembers():
    session["last"] = request.args["q"]  #: args | query string
    return told(session["last"])


app.register_blueprint(inner)
app.add_url_rule("/notes/<slug>", view_func=Notes.as_view("notes"))

if __name__ == "__main__":
    app.run()
