"""Examples of the rule on unknown users that time tells apart."""

from __future__ import annotations

from typing import Final

from casemate.leads.rule import Example

EXAMPLES: Final = (
    Example(
        name="a view of a shop",
        code="""
from django.contrib.auth.hashers import check_password
from shop.models import Customer

def signin(request):
    customer = Customer.objects.filter(mail=request.POST["mail"]).first()
    if customer and check_password(request.POST["password"], customer.hashed):  # finding
        request.session["customer"] = customer.pk
        return True
    return False
""",
    ),
    Example(
        name="a hash worked out for known users only",
        code="""
from werkzeug.security import check_password_hash

class Users:
    def login(self, name, password):
        member = self.store.by_name(name)
        if member is None:  # finding
            return None
        if check_password_hash(member.hashed, password):
            return member
        return None
""",
    ),
    Example(
        name="in one condition, after another lookup",
        code="""
from accounts import find

def authenticate(name, password):
    account = find(name=name)
    if not account:
        account = find(mail=name)
    if account and account.active and account.check_password(password):  # finding
        return account
    raise PermissionError(name)
""",
    ),
    Example(
        name="near-miss: a password is verified in either case",
        code="""
import bcrypt
from accounts import find

NOBODY = bcrypt.hashpw(b"nobody", bcrypt.gensalt())

def login(name, password):
    account = find(name)
    if account is None:
        bcrypt.checkpw(password, NOBODY)
        return None
    return account if bcrypt.checkpw(password, account.hashed) else None
""",
    ),
    Example(
        name="near-miss: somebody who is known already changes the password",
        code="""
from accounts import current

def change_password(old, new):
    account = current()
    if account is None:
        return False
    return account.check_password(old) and account.set_password(new)
""",
    ),
    Example(
        name="near-miss: nobody is looked up",
        code="""
def login(account, password):
    if account is None:
        return False
    return account.check_password(password)
""",
    ),
    Example(
        name="near-miss: what is missing is no user",
        code="""
from accounts import find, settings

def authenticate(name, password):
    limit = settings("limit")
    if limit is None:
        return None
    account = find(name)
    return account.check_password(password)
""",
    ),
)
