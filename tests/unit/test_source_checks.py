"""A mapping that makes no sense for its kind of record is refused before anything is read."""

from pathlib import Path

import pytest

from config.portfolio import load_portfolio
from tests.support.portfolio_files import edited, refused, write

CONNECTION = 'council: {host: "https://contoso.sharepoint.com", auth: certificate}'
MAPPED = "fields: {title: Title, status: Status, end: Target date}"
COLUMNS = "write: {columns: {status: PSStatus}}"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("{titel: Title}", "line 13: 'titel' is not a field of a project; did you mean 'title'?"),
        ("{likelihood: L}", "line 13: 'likelihood' is not a field of a project; it may be "),
        ("{key: Ref}", "line 13: the key's column is named by 'key' beside 'fields', not within it."),
        ("{title: []}", "line 13: 'title' names no column."),
        ("{title: ' '}", "line 13: 'title' names no column."),
        (
            "{hold_until: PSHoldUntil}",
            "line 13: 'hold_until' holds nothing without 'hold_reason'; name the column of the reason as well.",
        ),
        (
            "{status: {column: S, values: {on_trakc: [x]}}}",
            "'on_trakc' is not a value of 'status'; did you mean 'on_tr",
        ),
        ("{status: {column: S, values: {on_track: []}}}", "'on_track' has no word of the list."),
        (
            "{status: {column: S, values: {on_track: ['*']}}}",
            "'on_track' has a blank word, or one that every text begin",
        ),
        ("{status: {column: S, values: {on_track: [x], closed: [' X ']}}}", "'X' already stands for 'on_track'."),
        ("{end: {column: E, values: {a: b}}}", "'end' is a date and takes no 'values'."),
        ("{title: {column: E, values: {a: b}}}", "'title' is a text and takes no 'values'."),
        ("{owner: {column: E, values: {a: b}}}", "'owner' is a column of people and takes no 'values'."),
        ("{title: {column: E, refers_to: [risks]}}", "'title' names no other record and takes no 'refers_to'."),
        ("{programme: {column: P, refers_to: [riks]}}", "there is no source 'riks'; did you mean 'risks'?"),
        (
            "{programme: {column: P, refers_to: [risks]}}",
            "source 'risks' holds risk records; 'programme' refers to prog",
        ),
    ],
)
def test_a_field_that_makes_no_sense_is_refused(tmp_path: Path, fields: str, said: str) -> None:
    assert any(said in line for line in refused(tmp_path, edited((MAPPED, f"fields: {fields}"))))


@pytest.mark.parametrize(
    ("constants", "said"),
    [
        ("{theme: ''}", "line 13: 'theme' has no value."),
        ("{hold_reason: All}", "line 13: 'hold_reason' is not a field of a project that may be constant"),
        ("{title: All}", "line 13: 'title' is mapped to a column as well; keep one of the two."),
        ("{health: gren}", "line 13: 'gren' is not a value of 'health'; did you mean 'green'?"),
        ("{budget: 3}", "line 13: 'budget' is a number, which cannot be the same for a whole list."),
        ("{start: 2026-07-01}", "line 13: 'start' is a date, which cannot be the same for a whole list."),
        ("{key: A}", "line 13: 'key' is not a field of a project that may be constant"),
        ("{themes: A}", "line 13: 'themes' is not a field of a project that may be constant; did you mean 'theme'?"),
    ],
)
def test_a_constant_that_makes_no_sense_is_refused(tmp_path: Path, constants: str, said: str) -> None:
    text = edited((MAPPED, f"constants: {constants}\n    {MAPPED}"))
    assert any(said in line for line in refused(tmp_path, text))


def test_text_and_vocabulary_constants_are_taken(tmp_path: Path) -> None:
    portfolio = load_portfolio(
        write(tmp_path, edited((MAPPED, f"constants: {{theme: A, health: green}}\n    {MAPPED}")))
    )
    assert portfolio.sources["projects"].constants == {"theme": "A", "health": "green"}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            "{status: Status}",
            "line 14: column 'Status' is staff's (it is read as 'status'); only we may write this one.",
        ),
        ("{status: ' target DATE '}", "column 'target DATE' is staff's (it is read as 'end')"),
        ("{status: Ref}", "column 'Ref' is staff's (it is read as 'key')"),
        ("{status: ''}", "'status' names no column."),
        ("{status: PS, reason: ps}", "column 'ps' is already named for 'status'."),
    ],
)
def test_a_column_is_either_staffs_or_ours(tmp_path: Path, columns: str, said: str) -> None:
    assert any(said in line for line in refused(tmp_path, edited((COLUMNS, f"write: {{columns: {columns}}}"))))


def test_a_column_that_decides_which_rows_count_is_staffs(tmp_path: Path) -> None:
    text = edited((COLUMNS, "where: {PSStatus: [x]}\n    write: {columns: {status: PSStatus}}"))
    assert "column 'PSStatus' is staff's (it is read as 'where')" in refused(tmp_path, text)[0]


def test_an_owned_field_must_be_one_of_the_kind(tmp_path: Path) -> None:
    text = edited(("      likelihood: L", "      likelihood: L\n    write: {columns: {status: PSStatus}}"))
    may_be = "check, escalate_to, next_review, overdue, overdue_since, reason, stamp"
    said = f"line 24: 'status' is not written for a risk; it may be {may_be}."
    assert said in refused(tmp_path, text)[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("kind: project", "kind: project\n    register: r"),
            "only risks and issues stand in a register, not a project.",
        ),
        (("kind: risk", "kind: risk\n    register: ''"), "'register' has no name."),
        (
            ("kind: risk", "kind: risk\n    where: {Live: []}"),
            "'where' needs a column and at least one word that count",
        ),
        (("key: Ref", "key: ' '"), "line 12: 'key' names no column."),
        (("  risks:", "  -risks:"), "'-risks' is no name for a source"),
        (
            ("connection: council\n    site: /sites/pmo\n    list: R", "connection: counci\n    site: /\n    list: R"),
            "line 16: there is no connection 'counci'; did you mean 'council'?",
        ),
        (("list: Projects", "list: {title: A, url: B}"), "line 10: 'list' takes exactly one of title, id and url."),
        (("list: Projects", "list: {}"), "line 10: 'list' takes exactly one of title, id and url."),
        (("list: Projects", "list: {id: 12}"), "line 10: 'id' is a list's GUID, not '12'."),
        (
            ("list: Projects", "list: {url: /Lists/A}"),
            "line 10: 'url' is relative to the site, such as Lists/DigitalPro",
        ),
        (("list: Projects", 'list: {url: "https://a/b"}'), "line 10: 'url' is relative to the site"),
    ],
)
def test_a_source_that_makes_no_sense_is_refused(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    assert any(said in line for line in refused(tmp_path, edited(change)))


@pytest.mark.parametrize(
    ("site", "fits"),
    [
        ("/sites/pmo", True),
        ("/", True),
        ("/teams/a/sub site", True),
        ("sites/pmo", False),
        ("/sites/pmo/", False),
        ("https://contoso.sharepoint.com/sites/pmo", False),
        ("/sites/../pmo", False),
        ("/sites//pmo", False),
        ("/sites/pmo?x=1", False),
        ("/sites/a%20b", False),
    ],
)
def test_a_site_is_a_plain_path(tmp_path: Path, site: str, fits: bool) -> None:
    text = edited(("site: /sites/pmo\n    list: Projects", f'site: "{site}"\n    list: Projects'))
    if fits:
        assert load_portfolio(write(tmp_path, text)).sources["projects"].site == site
    else:
        assert any("line 9: 'site' " in line for line in refused(tmp_path, text))


@pytest.mark.parametrize(
    ("host", "auth", "said"),
    [
        ("https://contoso.sharepoint.com", "certificate", None),
        ("http://127.0.0.1:8790", "emulator", None),
        ("http://localhost:8790", "emulator", None),
        ("http://[::1]:8790", "emulator", None),
        ("https://127.0.0.1", "certificate", None),
        ("https://contoso.sharepoint.com", "managed-identity", None),
        ("https://contoso.sharepoint.com", "device-code", None),
        ("https://contoso.sharepoint.com", "interactive", None),
        ("http://contoso.sharepoint.com", "device-code", "'host' must begin with https://"),
        (
            "http://contoso.sharepoint.com",
            "certificate",
            "'host' must begin with https://; http is for this machine only.",
        ),
        ("http://10.0.0.1", "emulator", "'host' must begin with https://"),
        ("https://contoso.sharepoint.com", "emulator", "auth 'emulator' is for an embedded SharePoint on this machine"),
        ("https://127.0.0.1.example.org", "emulator", "auth 'emulator' is for an embedded SharePoint on this machine"),
        (
            "https://contoso.sharepoint.com/sites/a",
            "certificate",
            "without a path; the path belongs in a source's 'site'.",
        ),
        ("https://contoso.sharepoint.com?a=1", "certificate", "without a path"),
        ("https://user:pw@contoso.sharepoint.com", "certificate", "'host' must carry no user name or password."),
        (
            "contoso.sharepoint.com",
            "certificate",
            "'host' must be an origin such as https://contoso.sharepoint.com, not ",
        ),
        ("ftp://contoso.sharepoint.com", "certificate", "'host' must be an origin"),
        ("https://contoso:port", "certificate", "is not a host such as"),
    ],
)
def test_a_host_is_an_origin_and_the_emulator_stays_on_this_machine(
    tmp_path: Path, host: str, auth: str, said: str | None
) -> None:
    text = edited((CONNECTION, f'council: {{host: "{host}", auth: {auth}}}'))
    if said is None:
        assert load_portfolio(write(tmp_path, text)).connections["council"].host == host
    else:
        lines = refused(tmp_path, text)
        assert any(said in line for line in lines)
        assert not any("pw" in line for line in lines)


@pytest.mark.parametrize(
    ("auth", "reason"),
    [
        (
            "secret",
            "Azure ACS, which allowed it, ended on 2 April 2026; use 'certificate', or 'managed-identity' on Azure.",
        ),
        (
            "client-credentials",
            "Azure ACS, which allowed it, ended on 2 April 2026; use 'certificate', or 'managed-identity' on Azure.",
        ),
        ("password", "use 'certificate', or 'device-code' or 'interactive' for a person."),
        ("mangaged-identity", "'mangaged-identity' is not a value of 'auth'; did you mean 'managed-identity'?"),
        ("devicecode", "'devicecode' is not a value of 'auth'; did you mean 'device-code'?"),
        ("certifcate", "'certifcate' is not a value of 'auth'; did you mean 'certificate'?"),
    ],
)
def test_a_sign_in_that_cannot_work_is_refused_with_the_reason(tmp_path: Path, auth: str, reason: str) -> None:
    lines = refused(tmp_path, edited(("auth: certificate", f"auth: {auth}")))
    assert len(lines) == 1
    assert lines[0].startswith("portfolio.yaml, line 5: ")
    assert lines[0].endswith(reason)


@pytest.mark.parametrize("key", ["tenant", "client_id", "certificate", "private_key", "passphrase", "authority"])
def test_what_signs_in_belongs_in_the_settings(tmp_path: Path, key: str) -> None:
    lines = refused(tmp_path, edited(("auth: certificate", f"auth: certificate, {key}: hush-hush")))
    name = f"PORTFOLIO_SYNC_CONNECTIONS__COUNCIL__{key.upper()}"
    assert lines == [f"portfolio.yaml, line 5: '{key}' does not belong in this file; set {name} instead."]


@pytest.mark.parametrize("key", ["client_secret", "secret", "password", "username"])
def test_a_secret_or_password_in_the_file_is_refused_with_the_reason_and_not_repeated(tmp_path: Path, key: str) -> None:
    (line,) = refused(tmp_path, edited(("auth: certificate", f"auth: certificate, {key}: hush-hush")))
    assert "cannot work: SharePoint refuses" in line
    assert "hush" not in line


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("my council", "'my council' is no name for a connection: use letters, digits and -."),
        ("a__b", "'a__b' is no name for a connection"),
        ("COUNCIL", "'COUNCIL' and 'council' would share the settings ...CONNECTIONS__COUNCIL__..."),
    ],
)
def test_connections_have_names_that_settings_can_carry(tmp_path: Path, name: str, said: str) -> None:
    text = edited((CONNECTION, f"{CONNECTION}\n  {name}: {CONNECTION.removeprefix('council: ')}"))
    assert any(said in line for line in refused(tmp_path, text))


def test_another_kind_of_connection_is_refused(tmp_path: Path) -> None:
    text = edited(("auth: certificate", "auth: certificate, kind: workbook"))
    assert "'workbook' is not a kind of connection; it may be sharepoint." in refused(tmp_path, text)[0]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("list: Projects", "list: projects", True),
        ("list: Projects", "list: Projects\n    where: {Live: Yes}", False),
        ("list: Projects\n    where: {Live: [a, b]}", "list: Projects\n    where: {live: [B, A]}", True),
        ("list: Projects\n    where: {Live: a}", "list: Projects\n    where: {Live: b}", False),
        ("list: {url: Lists/A}", "list: {url: lists/a}", True),
        ("list: Lists/A", "list: {url: Lists/A}", False),
    ],
)
def test_two_sources_may_not_read_the_same_rows(tmp_path: Path, first: str, second: str, same: bool) -> None:
    text = edited(("list: Projects", first), ("list: Risks", second))
    if same:
        assert "'risks' reads the same rows as 'projects'" in refused(tmp_path, text)[0]
    else:
        assert len(load_portfolio(write(tmp_path, text)).sources) == 2


def test_a_portfolio_without_a_source_is_refused(tmp_path: Path) -> None:
    text = edited(("auth: certificate}\nsources:", "auth: certificate}\nsources: {}\nother:"))
    assert any("the portfolio names no source." in line for line in refused(tmp_path, text))


@pytest.mark.parametrize(
    ("change", "hidden"),
    [
        (("list: Risks", "list: Projects\n    where: {Live: }"), "same rows"),
        (("kind: risk", "kind: risc"), "not a field of"),
        (("site: /sites/pmo\n    list: Projects", "list: Projects"), "'site' begins"),
    ],
)
def test_a_misshapen_part_causes_no_further_complaint(tmp_path: Path, change: tuple[str, str], hidden: str) -> None:
    lines = refused(tmp_path, edited(change))
    assert len(lines) == 1
    assert hidden not in lines[0]
