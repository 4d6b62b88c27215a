"""Examples of `hardcoded_secret`. Every key in them was made up for it."""

from __future__ import annotations

from casemate.leads.rule import Example

EXAMPLES = (
    Example(
        name="a key in the settings, and one in a class",
        code="""
API_KEY = "9fK2mQ7xLw4ZtB8s"  # finding
DEBUG = False

class Settings:
    db_password = "Tr0ub4dor&3x"  # finding
    user = "reporting"
""",
    ),
    Example(
        name="passed under a name that says so",
        code="""
import psycopg2

def connect():
    return psycopg2.connect(host="db", user="app", password="vK8!pq2Zr1")  # finding
""",
    ),
    Example(
        name="a form that only a key has",
        code="""
import boto3

def client():
    return boto3.client("s3", "AKIA" "Q7ZL4MN2PX8RTB5W")  # finding
""",
    ),
    Example(
        name="compared, stored under a key, a default",
        code="""
def enter(password, config, secret_key="b7e151628aed2a6abf7158809cf4f3c7"):  # finding
    config["api_token"] = "s8D-1kPq92-ZxLm4"  # finding
    return password == "0pen-Sesame-77"  # finding
""",
    ),
    Example(
        name="a password that everybody tries",
        code="""
def create(users):
    users.add(name="admin", password="changeme")  # finding
""",
    ),
    Example(
        name="near-miss: taken from outside",
        code="""
import os

API_KEY = os.environ["API_KEY"]
password = os.environ.get("DB_PASSWORD", "")
SECRET_KEY = open("/run/secrets/key").read()
""",
    ),
    Example(
        name="near-miss: names, labels, paths and addresses",
        code="""
PASSWORD_FIELD = "user_password_2"
TOKEN_URL = "https://login.example.com/oauth2/token"
API_KEY_HEADER = "X-Api-Key-V2"
secret = "/run/secrets/app-1"
password = "current-password"
SESSION_KEY = "_auth_user_id"
token = "csrfmiddlewaretoken"
""",
    ),
    Example(
        name="near-miss: places to fill in",
        code="""
SECRET_KEY = "your-secret-key-1"
API_KEY = "<API-KEY-123>"
password = "XXXXXXXX1234"
dsn = "postgresql://%s:%s@db/app"

def show(secret):
    secret = "****1234"
    return {"password": "{password1}", "token": ""}
""",
    ),
    Example(
        name="near-miss: other words and public keys",
        code="""
PUBLIC_KEY = "ssh-ed25519-AAAAC3NzaC1lZDI1NTE5AAAAIJ"
password_help = "At least 8 characters, 1 digit"
TOKENS = ["NAME1", "NUMBER2"]
sort_key = "created_at_2024"
keyword = "K3yw0rd-1-2"
primary_key = "A1b2C3d4E5f6"
""",
    ),
    Example(
        name="near-miss: kept to be refused",
        code="""
OLD_PASSWORD = "Tr0ub4dor&3x"

def set_up(password, key):
    if password == OLD_PASSWORD:
        raise ValueError("this one is known to everybody")
    if key != "9fK2mQ7xLw4ZtB8s":
        return password
    raise ValueError("this one as well")
""",
    ),
    Example(
        name="let in, or refused now and then",
        code="""
MASTER_PASSWORD = "Tr0ub4dor&3x"  # finding
DEFAULT_PASSWORD = "vK8!pq2Zr1"  # finding

def enter(password, debug):
    if password != MASTER_PASSWORD:
        raise ValueError("wrong")
    if password == DEFAULT_PASSWORD and not debug:
        raise ValueError("set another one")
    if password != "0pen-Sesame-77":  # finding
        raise ValueError("wrong")
    return True
""",
    ),
)
