"""A mistake in the form of a portfolio file is named with its line, what is wrong, and the nearest known name."""

from pathlib import Path

import pytest

from config.document import LARGEST
from config.lint import LISTED
from config.portfolio import load_portfolio
from sync.errors import ConfigurationError, ExitCode
from tests.support.portfolio_files import GOOD, edited, refused, write


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("    fields: {", "    feilds: {"), "line 13: 'feilds' is not a key of a source; did you mean 'fields'?"),
        (("name: Test", "nmae: Test"), "line 2: 'nmae' is not a key of the portfolio file; did you mean 'name'?"),
        (("{host:", "{hots:"), "line 5: 'hots' is not a key of a connection; did you mean 'host'?"),
        (("{host:", "{name: x, host:"), "'name' is not a key of a connection; its name is the key it stands under."),
        (("key: Ref", "name: x"), "line 12: 'name' is not a key of a source; its name is the key it stands under."),
        (("write: {columns", "write: {colums"), "'colums' is not a key of 'write'; did you mean 'columns'?"),
        (("list: Risks", "list: {tile: Risks}"), "line 18: 'tile' is not a key of 'list'; did you mean 'title'?"),
        (("{status: PS", "{staus: PS"), "line 14: 'staus' is not a key of 'write.columns'; did you mean 'status'?"),
        (("key: Ref", "zzz: Ref"), "line 12: 'zzz' is not a key of a source; it may be connection, constants, dates,"),
        (("project: Project", "project: {colum: x}"), "'colum' is not a key of a field; did you mean 'column'?"),
        (("end: Target date", "<<: x"), "line 13: '<<' is not a field of a project"),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_one(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    assert any(said in line for line in refused(tmp_path, edited(change)))


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ("polices: {}", "line 24: 'polices' is not a key of the portfolio file; did you mean 'policies'?"),
        ("policies: {overdu: {}}", "line 24: 'overdu' is not a key of 'policies'; did you mean 'overdue'?"),
        (
            "policies: {overdue: {late_day: 3}}",
            "'late_day' is not a key of 'policies.overdue'; did you mean 'late_days'?",
        ),
        ("policies: {labels: {status: {atrisk: x}}}", "'atrisk' is not a key of 'status'; did you mean 'at_risk'?"),
        ("policies: {overdue: {late_days: soon}}", "'late_days' must be a whole number, not 'soon'."),
        ("policies: {overdue: {late_days: true}}", "'late_days' must be a whole number, not 'true'."),
        ("policies: {overdue: {late_days: -1}}", "'late_days' must be from 0 to 3660 days, not -1."),
        ("policies: {hold: {max_days: 0}}", "'max_days' must be from 1 to 3660 days, not 0."),
        ("policies: {hold: {max_day: 9}}", "'max_day' is not a key of 'policies.hold'; did you mean 'max_days'?"),
        ("policies: {overdue: {due_soon_days: 3661}}", "'due_soon_days' must be from 0 to 3660 days, not 3661."),
        ("policies: {rollup: {thresholds: {at_risk: 101}}}", "a threshold is from 1 to 100 %, not 101."),
        ("policies: {rollup: {thresholds: {at_risk: 0}}}", "a threshold is from 1 to 100 %, not 0."),
        ("policies: {labels: {status: {at_risk: On track}}}", "the label 'On track' also stands for 'on_track'"),
        ("policies: {labels: {overdue: {overdue: ' '}}}", "the label '' is blank"),
        (
            f"policies: {{labels: {{overdue: {{overdue: {'x' * 256}}}}}}}",
            "a label is one line of at most 255 characters",
        ),
        ("policies: {guards: {minimun: 5}}", "'minimun' is not a key of 'policies.guards'; did you mean 'minimum'?"),
        ("policies: {guards: {minimum: few}}", "line 24: 'minimum' must be a whole number, not 'few'."),
        ("policies: {guards: {records_gone_percent: -1}}", "'records_gone_percent' must be from 0 to 100, not -1."),
        ("policies: {guards: {flipped_percent: 101}}", "'flipped_percent' must be from 0 to 100, not 101."),
        ("policies: {guards: {minimum: 0}}", "'minimum' must be from 1 to 10,000, not 0."),
        ("policies: {guards: {minimum: 10001}}", "'minimum' must be from 1 to 10,000, not 10001."),
        ("policies: {guards: {clock_minutes: 61}}", "'clock_minutes' must be from 1 to 60, not 61."),
        ("policies: [a]", "line 24: 'policies' must be a mapping (key: value)."),
        ("holidays: {country: GB, closed: [24 Dec]}", "entry 1 of 'closed' must be a date such as 2026-12-24, not '24"),
        ("holidays: {country: UK2}", "line 24: 'UK2' is not a country whose bank holidays are known"),
        ("holidays: {country: GB, subdivision: EN}", "'EN' is not a subdivision of GB; it may be ENG, NIR, SCT, WLS."),
        ("holidays: {subdivision: ENG}", "line 24: 'holidays' needs 'country'."),
    ],
)
def test_a_wrong_rule_is_named(tmp_path: Path, policies: str, said: str) -> None:
    assert any(said in line for line in refused(tmp_path, GOOD + policies + "\n"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("version: 1", "version: 2"), "line 1: this release reads version 1 of the portfolio file, not 2."),
        (("version: 1", "version: one"), "line 1: 'version' must be a whole number, not 'one'."),
        (("name: Test portfolio", "name: ' '"), "line 2: the portfolio needs a name."),
        (("name: Test portfolio\n", ""), "line 1: the portfolio file needs 'name'."),
        (("Europe/London", "Europe/Londn"), "line 3: 'Europe/Londn' is not a known time zone; did you mean 'Europe/Lo"),
        (("Europe/London", "Europe"), "line 3: 'Europe' is not a known time zone"),
        (("Europe/London", "../../etc/passwd"), "line 3: '../../etc/passwd' is not a known time zone"),
        (("    kind: project\n", ""), "line 7: a source needs 'kind'."),
        (("kind: project", "kind: projct"), "line 11: 'projct' is not a value of 'kind'; did you mean 'project'?"),
        (("kind: project", "kind: [project]"), "line 11: "),
        (
            ("list: Risks", "list: Risks\n    restricted: maybe"),
            "line 19: 'restricted' must be yes or no, not 'maybe'.",
        ),
        (("list: Risks", "list: [a]"), "line 18: 'list' must be a mapping (key: value)."),
        (("key: Ref", "key: [Ref]"), "line 12: 'key' must be text."),
        (
            ("      title: Title", "      title:"),
            "line 21: 'title' has no value; it must be a column, a list of columns",
        ),
        (
            ("list: Risks", "list: Risks\n    where: {Live: }"),
            "line 19: 'Live' has no value; it must be a word or a li",
        ),
        (("list: Risks", "list: Risks\n    constants: {response: }"), "line 19: 'response' has no value; it must be t"),
        (
            ("{columns: {status", "{mode: qiet, columns: {status"),
            "'qiet' is not a value of 'mode'; did you mean 'quiet'?",
        ),
        (
            ("{columns: {status", "{drift: askk, columns: {status"),
            "line 14: 'askk' is not a value of 'drift'; did you mean 'ask'?",
        ),
        (
            ("{columns: {status", "{drift: {status: askk}, columns: {status"),
            "line 14: 'askk' is not a value of 'status'; did you mean 'ask'?",
        ),
        (
            ("{columns: {status", "{drift: {stauts: ask}, columns: {status"),
            "line 14: 'stauts' is not a key of 'write.drift'; did you mean 'status'?",
        ),
        (
            ("{columns: {status", "{drift: [ask], columns: {status"),
            "line 14: 'drift' must be restore, respect or ask, or a mapping of owned fields to these.",
        ),
        (
            ("{columns: {status", "{drift: {overdu: ask, overdue: ask}, columns: {status"),
            "line 14: 'overdue' is not among the columns of this source; it may be status.",
        ),
        (
            ("{columns: {status", "{drift: {stamp: ask}, columns: {stamp: PSStamp, status"),
            "line 14: the stamp has no drift policy: it says who wrote last, whoever that was.",
        ),
    ],
)
def test_a_wrong_value_is_named_with_what_it_must_be(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    assert any(said in line for line in refused(tmp_path, edited(change)))


@pytest.mark.parametrize("drift", ["askk", "{status: askk}", "{stauts: ask}", "[ask]", "{status: [ask]}"])
def test_a_wrong_drift_policy_is_one_problem(tmp_path: Path, drift: str) -> None:
    assert len(refused(tmp_path, edited(("{columns: {status", f"{{drift: {drift}, columns: {{status")))) == 1


def test_every_problem_is_listed_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = edited(
        ("Europe/London", "Europe/Londn"),
        ("auth: certificate", "auth: secret, tenant: contoso"),
        ("key: Ref", "keey: Ref"),
        ("status: Status", "stauts: Status"),
        ("likelihood: L", "likelihood: {column: L, values: {6: [x]}}"),
    )
    lines = refused(tmp_path, text)
    assert [line.split(":")[0] for line in lines] == [f"portfolio.yaml, line {n}" for n in (3, 5, 5, 12, 13, 23)]


def test_at_most_twenty_problems_are_listed_and_the_rest_counted(tmp_path: Path) -> None:
    wrong = "".join(f"    bad{n}: x\n" for n in range(LISTED + 3))
    lines = refused(tmp_path, GOOD.replace("  risks:\n", "  risks:\n" + wrong))
    assert len(lines) == LISTED + 1
    assert lines[-1] == "... and 3 more."


def test_the_error_is_a_paragraph_and_one_sentence_of_advice(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_portfolio(write(tmp_path, edited(("key: Ref", "keey: Ref"))))
    assert caught.value.exit_code is ExitCode.CONFIGURATION
    assert caught.value.what == "portfolio.yaml, line 12: 'keey' is not a key of a source; did you mean 'key'?"
    assert caught.value.advice == "Correct the file and run the command again; docs/portfolio-file.md lists every key."


def test_a_missing_file_names_the_three_ways_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_portfolio(tmp_path / "absent.yaml")
    assert "absent.yaml" in caught.value.what
    for way in ("-c FILE", "PORTFOLIO_SYNC_PORTFOLIO", "portfolio.yaml"):
        assert way in caught.value.advice


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b: c\n", "line 1: not valid YAML: mapping values are not allowed here."),
        ("a:\n\t- b\n", "line 2: this line is indented with a tab; YAML allows spaces only."),
        ("version: 1\nname: x\nversion: 1\n", "line 3: 'version' is written twice; it first stands in line 1."),
        ("a:\n  b: 1\n  b: 2\n", "line 3: 'b' is written twice; it first stands in line 2."),
        ("a: 1\n---\nb: 1\n", "line 2: a second document begins here (---); a portfolio file has one."),
        ("a: !!python/object:os.system ls\n", "line 1: the tag 'tag:yaml.org,2002:python/object:os.system' is not us"),
        ("a: !own {b: 1}\n", "line 1: the tag '!own' is not used in a portfolio file."),
        ("? [a]\n: b\n", "line 1: a key must be a word."),
        ("a: &x [*x]\n", "line 1: an alias (*name) stands inside the value it names."),
        ("a: &x 1\nb: &x 2\n", "line 2: an anchor (&name) is defined a second time"),
        ("a: *x\n", "not valid YAML: found undefined alias 'x'"),
        ("- a\n", "line 1: the portfolio file must be a mapping (key: value)."),
        ("words\n", "line 1: the portfolio file must be a mapping (key: value), not 'words'."),
        ("a: \x07\n", "not valid YAML: "),
        ("[" * 30 + "]" * 30, "values are nested more than 20 deep"),
        ("[" * 5000, "values are nested more than 20 deep"),
        ("# nothing but this\n", "portfolio.yaml is empty."),
    ],
)
def test_what_is_no_plain_yaml_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    assert any(said in line for line in refused(tmp_path, text))


def test_aliases_that_multiply_are_refused_quickly(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 15)]
    assert "more than 50000 values" in refused(tmp_path, "\n".join(levels))[0]


def test_a_file_of_more_than_a_mebibyte_is_refused_unread(tmp_path: Path) -> None:
    path = write(tmp_path, "#" * (LARGEST + 1))
    with pytest.raises(ConfigurationError, match="larger than 1 MiB"):
        load_portfolio(path)


def test_a_file_that_is_not_utf8_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "portfolio.yaml"
    path.write_bytes(b"version: 1\nname: Caf\xe9\n")
    with pytest.raises(ConfigurationError, match="line 2: the file is not UTF-8 text"):
        load_portfolio(path)
