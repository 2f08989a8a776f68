"""What is long and repetitive is read in time that grows as it does: nobody keeps the others waiting."""

import re
import subprocess
import sys

import pytest

from connectors.emulator.rules import subject
from connectors.emulator.rules.history import body_digest
from connectors.emulator.wire.batch import _request_line
from connectors.emulator.wire.calls import Request

# A minute is far more than any of this takes, and far less than what is wrong would: no clock is read here.
PATIENCE = 60


def in_a_process_of_its_own(code: str) -> None:
    """Run code that nothing in this process could stop, as a regular expression lets nobody else have a turn."""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=PATIENCE)


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("GET /a HTTP/1.1", ("GET", "/a")),
        ("  merge \t/a b/c('d  e')  HTTP/1.1 \r", ("merge", "/a b/c('d  e')")),
        ("GET /a HTTP/1.1 HTTP/2", ("GET", "/a HTTP/1.1")),
        ("GET /a", None),
        ("GET /a HTTP/x", None),
        ("G3T /a HTTP/1.1", None),
        ("GET HTTP/1.1", None),
        ("GET", None),
        ("", None),
    ],
)
def test_a_request_line_is_method_address_and_protocol(line: str, read: tuple[str, str] | None) -> None:
    assert _request_line(line) == read


@pytest.mark.parametrize(
    "line", ["'GET' + ' ' * 40_000 + 'x'", "'GET ' + 'x ' * 40_000", "'GET' + ' HTTP/1.1x' * 9_000"]
)
def test_blanks_in_a_request_line_cost_no_more_than_they_are_long(line: str) -> None:
    in_a_process_of_its_own(
        f"from connectors.emulator.wire.batch import _request_line; assert _request_line({line}) is None"
    )


def test_methods_that_never_end_cost_no_more_than_they_are_long() -> None:
    in_a_process_of_its_own(
        "from connectors.emulator.rules import subject; "
        "assert subject._SET.findall(b'Name=\"SetFieldValue\"' * 100_000) == []"
    )


def test_the_columns_a_save_sets_are_still_found() -> None:
    body = b'<Method Name="SetFieldValue" Id="2" ObjectPathId="1"><Parameters><Parameter Type="String">A_x0026_B<'
    assert isinstance(subject._SET, re.Pattern)
    assert [column for _, column in subject._SET.findall(body)] == [b"A_x0026_B"]


def test_boundaries_that_stand_for_each_other_do_not_make_a_body_grow() -> None:
    letters = b"".join(b"boundary=%c\n" % letter for letter in b"boundary-0123456789") + b"boundary" * 10_000
    request = Request("POST", "/", "/", "", {"content-type": "multipart/mixed; boundary=b"}, letters, "")
    assert len(body_digest(request)) == 16


def test_many_boundaries_are_numbered_in_one_pass() -> None:
    in_a_process_of_its_own(
        "from connectors.emulator.rules.history import body_digest; "
        "from connectors.emulator.wire.calls import Request; "
        "body = b''.join(b'boundary=x%d\\n' % number for number in range(60_000)); "
        "body_digest(Request('POST', '/', '/', '', {'content-type': 'multipart/mixed; boundary=b'}, body, ''))"
    )
