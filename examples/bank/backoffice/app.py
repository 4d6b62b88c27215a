# -*- coding: utf-8 -*-
"""Back office of Landbank Savings: the application factory."""
import os

from flask import Flask

from backoffice import db, sessions
from backoffice.views import accounts, admin, documents, payments, statements

HOME = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "var")

DEFAULTS = {
    "DATABASE": os.path.join(HOME, "bank.db"),
    "DOCUMENTS": os.path.join(HOME, "documents"),
    "STATEMENTS": os.path.join(HOME, "statements"),
    "SESSIONS": os.path.join(HOME, "sessions"),
    "LOGS": os.path.join(HOME, "log"),
}


def create_app(overrides=None):
    app = Flask(__name__)
    app.config.update(DEFAULTS)
    app.config.update(overrides or {})
    app.before_request(sessions.open_session)
    app.teardown_appcontext(db.close)
    app.register_blueprint(accounts.bp)
    app.register_blueprint(statements.bp)
    app.register_blueprint(documents.bp)
    app.register_blueprint(payments.bp)
    app.register_blueprint(admin.bp)
    return app
