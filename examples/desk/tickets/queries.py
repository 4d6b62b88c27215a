"""Lists of tickets that the ORM made too slow."""

from django.db import connection

_LIST = (
    "SELECT t.id, t.title, t.state, COUNT(r.id) AS replies FROM tickets_ticket t "
    "LEFT JOIN tickets_reply r ON r.ticket_id = t.id"
)
COLUMNS = {"title": "t.title", "state": "t.state", "replies": "replies"}


def fetch(statement, parameters=()):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]


def of_user(user_id, order):
    where = " WHERE t.opened_by_id = %s GROUP BY t.id ORDER BY "
    return fetch(_LIST + where + order, [user_id])


def sorted_by(user_id, column, descending):
    """A column is a key of COLUMNS; anything else means the title."""
    where = " WHERE t.opened_by_id = %s GROUP BY t.id ORDER BY "
    order = COLUMNS.get(column, "t.title") + (" DESC" if descending else "")
    return fetch(_LIST + where + order, [user_id])


def with_words(user_id, words):
    where = " WHERE t.opened_by_id = %s AND t.title LIKE %s GROUP BY t.id"
    return fetch(_LIST + where, [user_id, "%" + words + "%"])
