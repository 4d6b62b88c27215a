"""How a command ends: exit codes, and every fault as one line with the next step.

    CasemateError (model/errors.py)
    ├── UserError          the operator must act                   exit code 2
    └── EnvironmentFault   the machine must give what is missing   exit code 4
    KeyboardInterrupt      Ctrl-C                                  exit code 130
    └── Terminated         SIGTERM                                 exit code 143
    BrokenPipeError        the reader of our output went away      exit code 141, silently
    anything else          our own fault, please report it         exit code 4

With CASEMATE_DEBUG=1 a fault of our own keeps its traceback.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from types import FrameType
from typing import NoReturn

import click

from casemate.evidence.escape import visible
from casemate.model.errors import CasemateError, UserError, raised_at

MESSAGE_LIMIT = 500  # characters of an error's own text, which may quote a target


class ExitCode(IntEnum):
    """What the shell is told. A fault counts before a usage error, that before findings, these before losses."""

    NOTHING = 0
    FINDINGS = 1
    USAGE = 2
    NOT_EXAMINED = 3
    FAULT = 4
    INTERRUPTED = 128 + signal.SIGINT
    BROKEN_PIPE = 128 + signal.SIGPIPE
    TERMINATED = 128 + signal.SIGTERM


class Terminated(KeyboardInterrupt):
    """SIGTERM arrived: everything is let go of as for Ctrl-C."""


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what escapes a command into one line on standard error and an exit code."""
    previous = signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # a terminal that cannot show a character gets its escape
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        yield
    except (click.ClickException, click.exceptions.Exit):
        raise
    except CasemateError as error:
        _end(str(error), ExitCode.USAGE if isinstance(error, UserError) else ExitCode.FAULT)
    except Terminated:
        _end("terminated", ExitCode.TERMINATED)
    except (KeyboardInterrupt, click.Abort):  # click's: Ctrl-C, or the end of the input, where a question was asked
        _end("interrupted", ExitCode.INTERRUPTED)
    except BrokenPipeError:
        forget_stdout()
        sys.exit(ExitCode.BROKEN_PIPE)
    except Exception as error:
        if os.environ.get("CASEMATE_DEBUG"):
            raise
        _end(_fault(error), ExitCode.FAULT)
    finally:
        signal.signal(signal.SIGTERM, previous)


def forget_stdout() -> None:
    """Let what is still buffered for standard output go nowhere, so that leaving does not fail once more."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def say(text: str) -> None:
    """One line on standard error, safe to show."""
    click.echo(visible(text), err=True)


def _end(text: str, code: ExitCode) -> NoReturn:
    with suppress(OSError):
        say(f"casemate: {text}")
    sys.exit(code)


def _fault(error: Exception) -> str:
    text = " ".join(str(error).split())[:MESSAGE_LIMIT]
    return (
        f"a fault of our own{raised_at(error)}: {type(error).__name__}{text and ': ' + text}; "
        "please report it with what CASEMATE_DEBUG=1 shows"
    )


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated
