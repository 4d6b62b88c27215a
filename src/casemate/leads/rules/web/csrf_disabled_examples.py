"""Examples of the rule `csrf-disabled`."""

from __future__ import annotations

from casemate.leads.rule import Example

EXAMPLES = (
    Example(
        name="a view of Django that acts for the user",
        code="""
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

@csrf_exempt  # finding
def change_address(request):
    request.user.profile.address = request.POST["address"]
    request.user.profile.save()
    return HttpResponse("done")
""",
    ),
    Example(
        name="a view of Flask that acts for the user",
        code="""
from flask import Flask, request
from flask_login import current_user, login_required
from flask_wtf.csrf import CSRFProtect
app = Flask(__name__)
csrf = CSRFProtect(app)

@app.post("/address")
@csrf.exempt  # finding
@login_required
def change_address():
    current_user.address = request.form["address"]
    return "done"
""",
    ),
    Example(
        name="off for the whole application",
        code="""
from flask import Flask
app = Flask(__name__)
app.config["WTF_CSRF_ENABLED"] = False  # finding
app.config.update(WTF_CSRF_CHECK_DEFAULT=False)  # finding

class Config:
    WTF_CSRF_ENABLED = False  # finding
""",
    ),
    Example(
        name="settings of Django without the middleware",
        code="""
# file: site/settings.py
MIDDLEWARE = [  # finding
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
""",
    ),
    Example(
        name="near-miss: a service that signs what it sends",
        code="""
import hmac
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

@csrf_exempt
def paid(request):
    if not hmac.compare_digest(sign(request.body), request.headers["X-Signature"]):
        return HttpResponse(status=403)
    request.user.orders.paid(request.POST["order"])
    return HttpResponse("thanks")
""",
    ),
    Example(
        name="near-miss: nothing is done for a session",
        code="""
from django.http import JsonResponse
from django.views.decorators.csrf import csrf_exempt

@csrf_exempt
def convert(request):
    return JsonResponse({"celsius": (float(request.POST["fahrenheit"]) - 32) / 1.8})
""",
    ),
    Example(
        name="near-miss: a configuration for tests, and one that follows the environment",
        code="""
import os

class TestingConfig:
    WTF_CSRF_ENABLED = False

class Config:
    WTF_CSRF_ENABLED = os.environ.get("CSRF") != "off"
""",
    ),
    Example(
        name="near-miss: settings with the middleware, and without sessions",
        code="""
# file: site/settings.py
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
# file: api/settings.py
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
""",
    ),
    Example(
        name="near-miss: the middleware is added afterwards",
        code="""
# file: site/settings.py
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
MIDDLEWARE += ["django.middleware.csrf.CsrfViewMiddleware"]
""",
    ),
    Example(
        name="near-miss: the view that needs it asks for the token itself",
        code="""
# file: shop/app.py
from flask import Flask
from flask_wtf import CSRFProtect
app = Flask(__name__)
app.config["WTF_CSRF_CHECK_DEFAULT"] = False
csrf = CSRFProtect(app)
# file: shop/views.py
from shop.app import app, csrf

@app.post("/join")
def join():
    csrf.protect()
    return "welcome"
""",
    ),
    Example(
        name="off altogether, whoever asks for the token",
        code="""
from flask import Flask
from flask_wtf import CSRFProtect
app = Flask(__name__)
app.config["WTF_CSRF_ENABLED"] = False  # finding
csrf = CSRFProtect(app)

@app.post("/join")
def join():
    csrf.protect()
    return "welcome"
""",
    ),
    Example(
        name="something else is protected",
        code="""
from flask import Flask
app = Flask(__name__)
app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # finding

def lock(sheet):
    sheet.protect()
""",
    ),
)
