"""Batches as PnPjs and CLI for Microsoft 365 write them, and answers as they read them.

What each dialect may contain is in tests/unit/test_emulator_batches.py; here whole batches are sent over HTTP.
"""

import json
import re
from collections.abc import Iterator

import pytest

from tests.support.emulator import RunningEmulator
from tests.support.other_clients import API, LIST, held, projects_site, titles


@pytest.fixture
def emulator() -> Iterator[RunningEmulator]:
    with projects_site() as running:
        yield running


def send_batch(emulator: RunningEmulator, body: str, **headers: str) -> list[tuple[int, str]]:
    """Status and body of every part, read as PnPjs does: line by line, a body is one line, the end is a full one."""
    boundary = re.search(r"^--(batch_\w+)", body, re.MULTILINE)
    assert boundary is not None
    headers = {"Content-Type": f"multipart/mixed; boundary={boundary[1]}", **headers}
    answer = emulator.post(f"{API}/$batch", body.encode(), headers=headers)
    assert answer.status_code == 200, answer.text
    mark = answer.headers["Content-Type"].partition("boundary=")[2]
    lines = answer.text.split("\r\n")
    assert lines[-2:] == [f"--{mark}--", ""]
    assert "changesetresponse" not in answer.text
    found: list[tuple[int, str]] = []
    for number, line in enumerate(lines):
        if line.startswith("HTTP/1.1 "):
            blank = lines.index("", number)
            assert lines[blank + 2].startswith(f"--{mark}")
            found.append((int(line.split()[1]), lines[blank + 1]))
    assert len(found) == answer.text.count(f"--{mark}\r\n")
    return found


def pnpjs_part(change_set: int | None, method: str, address: str, body: str = "", **headers: str) -> str:
    """One request of a batch as PnPjs writes it; a write goes in a change set of its own."""
    said = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    inner = "Content-Type: application/http\nContent-Transfer-Encoding: binary\n\n"
    inner += f"{method} {address} HTTP/1.1\naccept: application/json\n"
    inner += f"content-type: application/json;charset=utf-8\n{said}\n{body}\n\n"
    if change_set is None:
        return f"--batch_1\n{inner}"
    mark = f"changeset_{change_set}"
    return f'--batch_1\nContent-Type: multipart/mixed; boundary="{mark}"\n\n--{mark}\n{inner}--{mark}--\n\n'


def test_a_batch_by_pnpjs_mixes_reads_and_writes_and_keeps_their_order(emulator: RunningEmulator) -> None:
    items = f"{emulator.base_url}{LIST}/items"
    body = (
        pnpjs_part(None, "GET", f"{items}(1)?$select=Title")
        + pnpjs_part(1, "MERGE", f"{items}(1)", '{"Title":"changed"}', if_match="*")
        + pnpjs_part(None, "GET", f"{items}(1)?$select=Title")
        + pnpjs_part(2, "POST", items, '{"Title":"New"}')
        + pnpjs_part(3, "POST", f"{items}(2)", '{"Title":"stale"}', x_http_method="MERGE", if_match='"9"')
        + pnpjs_part(4, "DELETE", f"{items}(3)", if_match="*")
        + pnpjs_part(None, "GET", f"{items}(77)")
        + "--batch_1--\n"
    )
    answers = send_batch(emulator, body)

    assert [status for status, _ in answers] == [200, 204, 200, 201, 412, 200, 404]
    assert json.loads(answers[0][1])["Title"] == "Item 1"
    changed, made = json.loads(answers[2][1]), json.loads(answers[3][1])
    assert (changed["Title"], changed["odata.etag"]) == ("changed", '"2"')
    assert (made["Id"], made["odata.etag"]) == (8, '"1"')
    assert [answers[number][1] for number in (1, 5)] == ["", ""]
    assert json.loads(answers[6][1])["odata.error"]["code"] == "-2130575338, System.ArgumentException"
    assert titles(emulator) == ["changed", "Item 2", "Item 4", "Item 5", "Item 6", "Item 7", "New"]


def cli_batch(*parts: str) -> str:
    """A batch as CLI for Microsoft 365 writes it: one change set with a stray header before its first part."""
    head = '--batch_1\nContent-Type: multipart/mixed; boundary="changeset_1"\n\nContent-Transfer-Encoding: binary\n\n'
    inner = "--changeset_1\nContent-Type: application/http\nContent-Transfer-Encoding: binary\n\n"
    return f"{head}{inner}{inner.join(parts)}--changeset_1--\n\n--batch_1--\n"


def test_a_hundred_adds_by_the_cli_are_answered_one_line_each(emulator: RunningEmulator) -> None:
    said = "Accept: application/json;odata=nometadata\nContent-Type: application/json;odata=verbose\nIf-Match: *\n\n"
    address = f"{emulator.base_url}{LIST}/AddValidateUpdateItemUsingPath"
    # Nothing stands between the JSON of one part and the delimiter of the next.
    values = [json.dumps([{"FieldName": "Title", "FieldValue": f"Row {number}"}]) for number in range(100)]
    batch = cli_batch(*(f'POST {address} HTTP/1.1\n{said}{{\n"formValues": {each}\n}}' for each in values))
    answers = send_batch(emulator, batch, Accept="application/json")

    lines = [text for _, text in answers if text.startswith("{")]
    assert len(lines) == 100
    numbers = [row["FieldValue"] for line in lines for row in json.loads(line)["value"] if row["FieldName"] == "Id"]
    assert numbers == [str(number) for number in range(8, 108)]
    assert titles(emulator)[7:] == [f"Row {number}" for number in range(100)]


def test_removals_by_the_cli_name_addresses_relative_to_the_site(emulator: RunningEmulator) -> None:
    said = "Accept: application/json;odata=nometadata\nIf-Match: *\n\n"
    removals = (f"DELETE lists/getByTitle('Projects')/items({number}) HTTP/1.1\n{said}" for number in (1, 77, 3))
    answers = send_batch(emulator, cli_batch(*removals))

    assert [status for status, _ in answers] == [200, 404, 200]
    assert [item.id for item in held(emulator).ordered()] == [2, 4, 5, 6, 7]
