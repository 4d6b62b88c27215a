"""Letters to customers without an e-mail address."""

from jinja2 import Environment

_environment = Environment(autoescape=True)
_CLOSING = _environment.from_string("Dear {{ name }},\n\n{{ text }}\n\nYour help desk\n")


def draft(text, ticket):
    """What somebody typed, with the fields of the ticket that they put in."""
    return _environment.from_string(text).render(number=ticket.pk, title=ticket.title)


def closing(name, text):
    return _CLOSING.render(name=name, text=text)
