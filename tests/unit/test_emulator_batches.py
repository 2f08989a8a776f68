"""Batches: every dialect that clients speak is read, and one flat answer is given."""

import re
from typing import Any

import pytest

from connectors.emulator.state.limits import Limits
from tests.support.emulator import Direct, DirectAnswer

ITEMS = "web/lists/GetByTitle('Projects')/items"
ROOT = "http://tenant.example/sites/demo/_api"


def document() -> dict[str, Any]:
    rows = [{"values": {"Title": f"Item {number}"}} for number in range(1, 6)]
    lists = [{"title": "Projects", "items": rows}, {"title": "Risks & issues £", "items": rows}]
    return {"sites": [{"path": "/sites/demo", "lists": lists}, {"path": "/sites/other"}]}


@pytest.fixture
def emulator() -> Direct:
    return Direct(document())


def send(emulator: Direct, body: str, content_type: str = "multipart/mixed; boundary=batch_1") -> DirectAnswer:
    return emulator.post("$batch", body, headers={"Content-Type": content_type})


def parts(answer: DirectAnswer) -> list[tuple[int, str]]:
    """Status and body of every part, read as strictly as the strictest client."""
    assert answer.status_code == 200, answer.text
    match = re.fullmatch(r"multipart/mixed; boundary=(batchresponse_[0-9a-f-]{36})", answer.headers["Content-Type"])
    assert match is not None
    mark = match[1]
    text = answer.content.decode()
    assert text.endswith(f"--{mark}--\r\n")
    found = []
    for section in text.removesuffix(f"--{mark}--\r\n").split(f"--{mark}\r\n")[1:]:
        head, inner, rest = section.split("\r\n\r\n", 2)
        assert head == "Content-Type: application/http\r\nContent-Transfer-Encoding: binary"
        status = re.match(r"HTTP/1\.1 (\d{3}) \S.*\r\nCONTENT-TYPE: application/json", inner)
        assert status is not None, inner
        assert rest.endswith("\r\n")
        found.append((int(status[1]), rest.removesuffix("\r\n")))
    return found


def titles(emulator: Direct, title: str = "Projects") -> list[Any]:
    found = emulator.site.list_titled(title)
    assert found is not None
    return [item.values["Title"] for item in found.ordered()]


def test_the_dialect_of_one_change_set_line_feeds_and_a_preamble(emulator: Direct) -> None:
    body = 'Content-Type: multipart/mixed;\n boundary="batch_1"\n\n--batch_1\n'
    body += 'Content-Type: multipart/mixed; boundary="changeset_1"\n\n'
    for number in (1, 2):
        body += "--changeset_1\nContent-Type: application/http\nContent-Transfer-Encoding: binary\n\n"
        body += f"MERGE {ROOT}/Web/lists/GetByTitle('Projects')/items/GetById({number}) HTTP/1.1\n"
        body += "X-HTTP-Method:MERGE\nIF-MATCH:*\nContent-Type:application/json;odata=verbose\n"
        body += "Accept:application/json;odata=verbose\nAuthorization:Bearer T\nclient-request-id:1\n\n\n"
        body += f'{{"Title": "Changed {number}", "__metadata": {{"type": "SP.Data.ProjectsListItem"}}}}\n\n'
    body += "--changeset_1--\n\n--batch_1\nContent-Type: application/http\n\n"
    body += f"GET {ROOT}/Web/lists/GetByTitle('Projects')/items?$filter=Title eq 'Changed 2' HTTP/1.1\n"
    body += "Accept:application/json;odata=verbose\n\n--batch_1--\n"

    first, second, third = parts(send(emulator, body, 'multipart/mixed; boundary="batch_1"'))

    assert (first, second) == ((204, ""), (204, ""))
    assert third[0] == 200
    assert '"Title":"Changed 2"' in third[1]
    assert "\n" not in third[1]
    assert titles(emulator)[:2] == ["Changed 1", "Changed 2"]


def test_the_dialect_of_several_change_sets_between_reads_keeps_the_order(emulator: Direct) -> None:
    def change_set(number: int, title: str) -> str:
        return (
            f"--batch_1\nContent-Type: multipart/mixed; boundary=changeset_{number}\n\n--changeset_{number}\n"
            "content-type: application/http\ncontent-transfer-encoding: binary\n\n"
            f"POST {ROOT}/{ITEMS}(1) HTTP/1.1\naccept: application/json;odata=nometadata\nif-match: *\n"
            f'x-http-method: MERGE\n\n{{"Title":"{title}"}}\n\n--changeset_{number}--\n\n'
        )

    read = f"--batch_1\nContent-Type: application/http\n\nGET {ROOT}/{ITEMS}(1)?$select=Title HTTP/1.1\n\n"
    answer = parts(send(emulator, change_set(1, "A") + read + change_set(2, "B") + read + "--batch_1--\n"))

    assert answer == [(204, ""), (200, '{"Title":"A"}'), (204, ""), (200, '{"Title":"B"}')]


def test_the_dialect_of_relative_addresses_and_a_stray_header(emulator: Direct) -> None:
    body = "Content-Transfer-Encoding: binary\r\n\r\n"
    for url in (
        "lists/getByTitle('Projects')/items(4)",
        "_api/web/lists/getByTitle('Projects')/items(3)",
        "/sites/demo/_api/web/lists/getByTitle('Projects')/items(2)",
    ):
        body += "--batch_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        body += f"DELETE {url} HTTP/1.1\r\nIF-MATCH: *\r\n\r\n"
    answer = parts(send(emulator, body + "--batch_1--\r\n"))
    assert answer == [(200, ""), (200, ""), (200, "")]
    assert titles(emulator) == ["Item 1", "Item 5"]


def test_addresses_may_hold_spaces_signs_and_letters_as_they_are(emulator: Direct) -> None:
    body = "--batch_1\n\n"
    body += "--batch_1\nContent-Type: application/http\n\n"
    body += (
        f"GET {ROOT}/web/lists/GetByTitle('Risks %26 issues £')/items?$filter=Title eq 'Item 2'&$select=Id HTTP/1.1\n\n"
    )
    answer = parts(send(emulator, body + "--batch_1--\n"))
    assert answer[-1] == (200, '{"value":[{"Id":2,"ID":2}]}')


def test_the_dialect_of_delimiters_right_behind_a_body(emulator: Direct) -> None:
    body = '--batch_1\nContent-Type: multipart/mixed; boundary="changeset_1"\n\nContent-Transfer-Encoding: binary\n\n'
    for title in ("One", "Two"):
        values = f'{{\n"formValues": [{{"FieldName":"Title","FieldValue":"{title}"}}]\n}}'
        body += "--changeset_1\nContent-Type: application/http\nContent-Transfer-Encoding: binary\n\n"
        body += f"POST {ROOT}/web/lists/GetByTitle('Projects')/AddValidateUpdateItemUsingPath HTTP/1.1\n"
        body += f"Content-Type: application/json;odata=verbose\n\n{values}"
    answers = parts(send(emulator, f"{body}--changeset_1--\n\n--batch_1--\n"))
    assert [status for status, _ in answers] == [200, 200]
    assert titles(emulator)[5:] == ["One", "Two"]


@pytest.mark.parametrize("address", [f"{ROOT}/{ITEMS}", f"/sites/demo/_api/{ITEMS}", ITEMS])
def test_a_number_sign_ends_an_address(emulator: Direct, address: str) -> None:
    body = ""
    for query in ("$filter=Title eq 'Phase #2'", "$select=Id&$top=1#&$top=2"):
        body += f"--batch_1\nContent-Type: application/http\n\nGET {address}?{query} HTTP/1.1\n\n"
    broken, cut = parts(send(emulator, body + "--batch_1--\n"))
    assert broken[0] == 400
    assert cut[1].endswith('"value":[{"Id":1,"ID":1}]}')


def test_a_part_that_fails_does_not_stop_the_others(emulator: Direct) -> None:
    body = ""
    for number in (1, 99, 2):
        body += "--batch_1\nContent-Type: application/http\n\n"
        body += f"POST {ROOT}/{ITEMS}({number}) HTTP/1.1\nX-HTTP-Method: MERGE\nIf-Match: *\n\n"
        body += '{"Title":"done"}\n\n'
    body += "--batch_1\nContent-Type: application/http\n\nnot a request\n\n"
    body += f"--batch_1\nContent-Type: application/http\n\nGET {ROOT}/web/nothing HTTP/1.1\n\n"
    first, second, third, fourth, fifth = parts(send(emulator, body + "--batch_1--\n"))

    assert (first[0], third[0], fourth[0], fifth[0]) == (204, 204, 400, 501)
    assert second == (
        404,
        (
            '{"odata.error":{"code":"-2130575338, System.ArgumentException","message":{"lang":"en-US",'
            '"value":"Item does not exist. It may have been deleted by another user."}}}'
        ),
    )
    assert titles(emulator)[:3] == ["done", "done", "Item 3"]


def test_a_part_keeps_its_own_if_match_and_answers_its_own_etag(emulator: Direct) -> None:
    body = ""
    for _ in range(2):
        body += f"--batch_1\nContent-Type: application/http\n\nMERGE {ROOT}/{ITEMS}(1) HTTP/1.1\n"
        body += 'If-Match: "1"\n\n{"Title":"x"}\n'
    answer = send(emulator, body + "--batch_1--\n")
    assert [status for status, _ in parts(answer)] == [204, 412]
    assert 'ETAG: "2"' in answer.text


def gets(count: int) -> str:
    part = f"--batch_1\nContent-Type: application/http\n\nGET {ROOT}/{ITEMS}(1)?$select=Id HTTP/1.1\n\n"
    return part * count + "--batch_1--\n"


def test_a_hundred_parts_are_done_and_one_more_is_refused_whole(emulator: Direct) -> None:
    assert len(parts(send(emulator, gets(100)))) == 100
    refused = send(emulator, gets(101))
    assert refused.status_code == 400
    assert "too many operations" in refused.json()["odata.error"]["message"]["value"]


def test_a_mebibyte_is_read_and_one_byte_more_is_refused_whole(emulator: Direct) -> None:
    body, most = gets(1), Limits().batch_bytes
    assert len(parts(send(emulator, body + " " * (most - len(body))))) == 1
    refused = send(emulator, body + " " * (most - len(body) + 1))
    assert refused.status_code == 400
    assert "1048577 bytes has been read" in refused.json()["odata.error"]["message"]["value"]


@pytest.mark.parametrize("content_type", ["multipart/mixed", "application/json; boundary=batch_1", ""])
def test_a_batch_without_a_boundary_is_refused(emulator: Direct, content_type: str) -> None:
    assert send(emulator, gets(1), content_type).status_code == 400


def test_an_empty_batch_is_refused(emulator: Direct) -> None:
    assert send(emulator, "--batch_1--\n").status_code == 400


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://tenant.example/sites/demo/_api/web", 200),
        ("https://TENANT.example/sites/DEMO/_api/web", 200),
        ("/sites/demo/_api/web", 200),
        ("http://tenant.example/sites/other/_api/web", 400),
        ("/sites/other/_api/web", 400),
        ("http://elsewhere.example/sites/demo/_api/web", 400),
        ("http://[broken/sites/demo/_api/web", 400),
    ],
)
def test_a_part_at_another_site_is_refused_and_the_others_are_done(
    emulator: Direct, address: str, expected: int
) -> None:
    head = "--batch_1\nContent-Type: application/http\n\n"
    asked = [address, "http://tenant.example/sites/demo/_api/web"]
    body = "".join(f"{head}GET {url} HTTP/1.1\n\n\n" for url in asked)
    answer = send(emulator, body + "--batch_1--\n")
    assert answer.status_code == 200
    assert [status for status, _ in parts(answer)] == [expected, 200]


def test_a_batch_inside_a_batch_is_refused(emulator: Direct) -> None:
    body = f"--batch_1\nContent-Type: application/http\n\nPOST {ROOT}/$batch HTTP/1.1\n\n"
    ((status, _),) = parts(send(emulator, body + "--batch_1--\n"))
    assert status == 400
