"""Credentials compared in telling time.

## What it is
A function that by its name checks credentials or a signature compares them by `==`, `!=`, or by looking them up in a list.

## Why it matters
The comparison stops at the first character that differs: the time of the answer tells how much of the guess was right.

## How to fix it
`hmac.compare_digest(given, expected)`, for each of several. Passwords are better kept as hashes, and verified by the library
that made them.
"""

from __future__ import annotations

from casemate.leads.rule import ActRule, Example
from casemate.model.lead import RuleId, Severity

RULE = ActRule(
    id=RuleId("credential-comparison"),
    title="Credentials compared in telling time",
    cwe=208,
    also=(203, 385),
    owasp="A02:2021 Cryptographic Failures",
    severity=Severity.MEDIUM,
    acts=("telling-comparison",),
    message="{function} compares credentials by {act}, which takes longer the more of them is right",
    examples=(
        Example(
            name="a factory of checks",
            code="""
def checker(credentials):
    def check_credentials(user, password):
        return (user, password) == credentials  # finding
    return check_credentials
""",
        ),
        Example(
            name="a dictionary of users",
            code="""
class BasicAuth:
    def __init__(self, users):
        self.users = users

    def check(self, user, password):
        return self.users.get(user) == password  # finding
""",
        ),
        Example(
            name="one of several secrets",
            code="""
class Hook:
    def verify_secret(self, message):
        if message.secret not in self.secrets:  # finding
            raise ValueError("unknown sender")
""",
        ),
        Example(
            name="a signature worked out elsewhere",
            code="""
from vendor import work_out

def is_valid_signature(event, key):
    signature = work_out(event["body"], key)
    return signature == event["given"]  # finding
""",
        ),
        Example(
            name="near-miss: what is looked for is no secret",
            code="""
class Room:
    def check_auth_events(self, event):
        return event.number in self.auth_events
""",
        ),
        Example(
            name="near-miss: a dictionary finds by the hash",
            code="""
def check_credentials(user, secret):
    known = {"one": 1}
    return secret in known
""",
        ),
        Example(
            name="near-miss: compared in equal time",
            code="""
import hmac

def checker(credentials):
    def check_credentials(user, password):
        return hmac.compare_digest(password, credentials[user])
    return check_credentials
""",
        ),
        Example(
            name="near-miss: typed twice",
            code="""
def validate_password(password, password_again, old_password):
    if password != password_again:
        raise ValueError("not the same")
    return password == old_password
""",
        ),
        Example(
            name="near-miss: no value",
            code="""
def validate_credentials(has_user, has_password):
    return has_user == has_password

def check_password(password, hashed):
    if password is None or password == "" or hashed == None:
        return False
    return hashed.verify(password)
""",
        ),
        Example(
            name="near-miss: another function",
            code="""
def tidy(rows, password):
    return [row for row in rows if row.password == password]
""",
        ),
        Example(
            name="near-miss: what kind of credentials",
            code="""
def check_auth(request, allowed):
    return request.auth_type in allowed and request.auth_scheme == allowed[0]

def authenticate_client(client, offered):
    knownSchemes = {scheme.upper() for scheme in offered}
    return client.auth in knownSchemes
""",
        ),
        Example(
            name="near-miss: a stand-in for trying things out",
            code="""
class DummyAuth:
    def check_password(self, form):
        return form["password"] == self.password
""",
        ),
        Example(
            name="a list of what is let in",
            code="""
def authenticate_client(client, knownClients):
    return client.auth in knownClients  # finding
""",
        ),
    ),
)
