"""What a Django project needs to answer: tables, users, and one row of each of its own models.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import datetime

from .. import benign, discover

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..site import Site

_MODELS = 80  # rows that are made
_THEN = datetime.datetime(2024, 5, 12, 8, 30)
_QUICK = "django.contrib.auth.hashers.MD5PasswordHasher"


class _NoMigrations(dict):  # type: ignore[type-arg]
    """Says of every application that it has no migrations: its tables are made from its models."""

    def __contains__(self, _key: object) -> bool:
        return True

    def __getitem__(self, _key: str) -> None:
        return None

    def get(self, _key: str, _default: object = None) -> None:
        """No migrations."""


def tables(site: Site, settings: Any) -> bool:
    """Run the migrations, or make the tables from the models where those do not run."""
    management = discover.importable("django.core.management")
    database = discover.importable("django.db")
    try:
        management.call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    except Exception as error:
        site.problem("migrations", error)
        try:
            settings.MIGRATION_MODULES = _NoMigrations()
            database.connection.cursor().execute("PRAGMA foreign_keys=OFF")
            management.call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
        except Exception as worse:
            site.problem("tables", worse)
    return True


def users(site: Site, settings: Any) -> dict[str, Any]:
    """An ordinary user and a superuser, by the words of a variant's `login`."""
    if not any(app.startswith("django.contrib.auth") for app in settings.INSTALLED_APPS):
        return {}
    hashers = list(settings.PASSWORD_HASHERS)
    settings.PASSWORD_HASHERS = [_QUICK]
    made: dict[str, Any] = {}
    try:
        model = discover.importable("django.contrib.auth").get_user_model()
        for word, name, extra in (("user", "ana", {}), ("staff", "chief", {"is_staff": True, "is_superuser": True})):
            try:
                made[word] = _user(model, name, extra)
            except Exception as error:
                site.problem(f"the user {name}", error)
    finally:
        settings.PASSWORD_HASHERS = [*hashers, _QUICK]
        discover.importable("django.contrib.auth.hashers").get_hashers.cache_clear()
    return made


def _user(model: Any, name: str, extra: dict[str, Any]) -> Any:
    values: dict[str, Any] = {}
    known = {field.name: field for field in model._meta.concrete_fields}
    if "email" in known:
        values["email"] = f"{name}@example.org"
    key = model.USERNAME_FIELD
    values[key] = values.get("email", f"{name}@example.org") if "email" in key else name
    for field in model.REQUIRED_FIELDS:
        if field not in values and field in known:
            values[field] = _value(known[field], {}, 0)
    values.update({key: value for key, value in {**extra, "is_active": True}.items() if key in known})
    user = model(**values)
    user.set_password("Quiet-River-42")
    user.save()
    return user


def rows(site: Site, users: dict[str, Any]) -> None:
    """One row of each model of the target's own, with plausible values, owned by the ordinary user."""
    registry = discover.importable("django.apps.registry").apps
    atomic = discover.importable("django.db.transaction").atomic
    own = [m for m in registry.get_models() if site.owns(_file_of(m))]
    for model in own[:_MODELS]:
        try:
            with atomic():
                _row(model, users, 0)
        except Exception as error:
            site.problem(f"a row of {model.__name__}", error)


def _file_of(model: Any) -> str:
    import os
    import sys

    return os.path.realpath(getattr(sys.modules.get(model.__module__), "__file__", None) or "/")


def _row(model: Any, users: dict[str, Any], deep: int) -> Any:
    known = next((user for user in users.values() if isinstance(user, model)), None)
    held = known or model._base_manager.first()
    if held is not None or deep > 5 or not model._meta.managed:
        return held
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.primary_key and type(field).__name__ in ("AutoField", "BigAutoField", "SmallAutoField"):
            continue
        if field.has_default() and not field.is_relation:
            continue
        value = _value(field, users, deep)
        if value is not None:
            values[field.name] = value
    made = model(**values)
    made.save()
    user = users.get("user")
    for many in model._meta.many_to_many:
        if user is not None and isinstance(user, many.remote_field.model):
            getattr(made, many.name).add(user)
    return made


def _value(field: Any, users: dict[str, Any], deep: int) -> Any:
    kind = type(field).__name__
    if field.is_relation:
        return _row(field.remote_field.model, users, deep + 1)
    if getattr(field, "choices", None):
        choice = next(iter(field.choices))
        inner = choice[1]
        return inner[0][0] if isinstance(inner, (list, tuple)) and inner else choice[0]
    for word, value in (
        ("Boolean", True), ("DateTime", _THEN), ("Date", _THEN.date()), ("Time", _THEN.time()),
        ("Duration", datetime.timedelta(1)),
        ("Integer", 1), ("Float", 1.5), ("Decimal", "1.5"), ("UUID", benign.value("uuid")), ("JSON", {}), ("Binary", b"ok"),
        ("IPAddress", "127.0.0.1"), ("Email", "ana@example.org"), ("Slug", "ok-1"), ("URL", "http://localhost/"),
        ("File", "ok.txt"), ("Image", "ok.png"),
    ):  # fmt: skip
        if word in kind:
            return _aware(value) if value is _THEN else value
    if "Char" in kind or "Text" in kind:
        text = benign.value(field.name)
        return text[: field.max_length] if field.max_length else text
    return None


def _aware(value: datetime.datetime) -> datetime.datetime:
    conf = discover.importable("django.conf")
    return value.replace(tzinfo=datetime.timezone.utc) if conf.settings.USE_TZ else value  # noqa: UP017 # 3.7
