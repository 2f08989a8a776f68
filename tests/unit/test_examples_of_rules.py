"""A council's own examples are held against its own rules, read by its own mappings."""

import json
from pathlib import Path
from typing import Any

import pytest

from config.examples import load_examples
from config.portfolio import load_portfolio
from config.samples import portfolio_text
from sync.core.examples import Answer, Result, Wrong, try_out
from sync.engine.targets import Portfolio
from sync.errors import ConfigurationError
from tests.support.cli import portfolio_sync

DOCS = Path(__file__).resolve().parents[2] / "docs" / "policies.md"
RISK = "source: project-risks\n    row: {likelihood: '4', impact: '5', status: Open, last_reviewed: 2026-06-04}\n"


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    file = tmp_path_factory.mktemp("examples") / "portfolio.yaml"
    text = portfolio_text("digital-strategy", base_url="http://127.0.0.1:8790", portfolio_name="Digital strategy")
    file.write_text(text, encoding="utf-8")
    return load_portfolio(file)


ONE = "version: 1\nexamples:\n  - {name: a, today: 2026-06-17, source: tda-risks, "
PROJECT = ONE.replace("tda-risks", "public-services")


def results(portfolio: Portfolio, folder: Path, written: str) -> list[Result]:
    file = folder / "examples.yaml"
    file.write_text(f"version: 1\nexamples:\n{written}", encoding="utf-8")
    rules = portfolio.sources, portfolio.policies, portfolio.calendar
    return [try_out(example, *rules) for example in load_examples(file, portfolio.sources)]


def one(portfolio: Portfolio, folder: Path, row: str, expect: str) -> Result:
    """The result of one example as on 17 June 2026."""
    written = f"  - name: an example\n    today: 2026-06-17\n    {row}    expect: {expect}\n"
    [result] = results(portfolio, folder, written)
    return result


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("band", "very_high"),
        ("band", "very high"),
        ("inherent_band", "''"),
        ("target_band", "''"),
        ("overdue", "on_time"),
        ("overdue", "On time"),
        ("due", "2026-07-04"),
        ("next_review", "2026-07-04"),
        ("review", "fresh"),
        ("status", "''"),
    ],
)
def test_an_answer_may_be_written_as_the_file_or_as_staff_write_it(
    portfolio: Portfolio, tmp_path: Path, answer: str, expected: str
) -> None:
    result = one(portfolio, tmp_path, RISK, f"{{{answer}: {expected}}}")
    assert result.passed, result.wrong


def test_what_comes_out_otherwise_is_told_with_what_was_found(portfolio: Portfolio, tmp_path: Path) -> None:
    result = one(portfolio, tmp_path, RISK, "{band: low, overdue: }")
    assert result.wrong == (Wrong(Answer.BAND, "low", "very_high"), Wrong(Answer.OVERDUE, "", "on_time"))
    assert not result.passed


def test_rows_below_bear_on_the_row_above_them(portfolio: Portfolio, tmp_path: Path) -> None:
    rows = (
        "source: infrastructure\n    row: {title: Second data link, status: Going to plan, end: 2026-12-01}\n"
        "    below:\n      - source: infrastructure-milestones\n"
        "        row: {title: Permit granted, original: 2026-06-03, status: Planned}\n"
        "      - source: project-risks\n        row: {likelihood: '5', impact: '5', status: Open}\n"
        "        below:\n          - {source: mitigating-actions, row: {title: Act, due: 2026-06-01}}\n"
    )
    result = one(portfolio, tmp_path, rows, "{status: At risk}")
    assert result.passed, result.wrong
    told = one(portfolio, tmp_path, rows, "{reason: something else}").wrong[0].found
    assert "milestone 'Permit granted' was due 3 June 2026" in told
    assert "action Example 4 on very high risk Example 3 was due 1 June 2026" in told


def test_a_word_that_the_source_does_not_know_fails_the_example(portfolio: Portfolio, tmp_path: Path) -> None:
    row = "source: tda-risks\n    row: {likelihood: Likely, impact: Critical}\n"
    result = one(portfolio, tmp_path, row, "{band: not_assessed}")
    assert not result.passed
    assert result.unread == ("likelihood 'Likely' is not a known value",)
    assert one(portfolio, tmp_path, row.replace("Likely", "High"), "{band: very_high}").passed


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("version: 2\nexamples:\n  - {name: a, today: 2026-06-17, source: tda-risks, expect: {band: low}}\n", "line 1"),
        ("version: 1\nexamples: []\n", "holds no example"),
        (
            "version: 1\nexamples:\n  - {name: a, today: 2026-06-17, source: tda-risk, expect: {band: low}}\n",
            "line 3: there is no source 'tda-risk'; did you mean 'tda-risks'?",
        ),
        (
            f"{ONE}row: {{likelyhood: 5}}, expect: {{band: low}}}}\n",
            "'likelyhood' is not a field of a risk; did you mean 'likelihood'?",
        ),
        (
            "version: 1\nexamples:\n  - {name: a, today: 2026-06-17, source: tda-risks, expect: {bands: low}}\n",
            "line 3: 'bands' is not a key of 'expect'; did you mean 'band'?",
        ),
        (
            "version: 1\nexamples:\n  - {name: a, today: 2026-06-17, source: tda-risks, expect: {}}\n",
            "the example expects nothing, so it could not fail",
        ),
        (
            f"{ONE}expect: {{band: low}}, below: [{{source: infrastructure-milestones}}]}}\n",
            "line 3: a milestone does not refer to a risk",
        ),
        (
            f"{PROJECT}row: {{theme: Other}}, expect: {{status: unknown}}}}\n",
            "line 3: 'theme' is the same for the whole list: it is a constant",
        ),
        (
            f"{ONE}row: {{category: Cyber}}, expect: {{band: low}}}}\n",
            "line 3: source 'tda-risks' maps no column for 'category'",
        ),
        (
            f"{PROJECT}expect: {{status: unknown}}, below: [{{source: technical-operations-risks}}]}}\n",
            "source 'technical-operations-risks' maps no column that refers to a project",
        ),
        ("version: 1\nexamples:\n  - {name: a, source: tda-risks, expect: {band: low}}\n", "needs 'today'"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(
    portfolio: Portfolio, tmp_path: Path, written: str, complaint: str
) -> None:
    file = tmp_path / "examples.yaml"
    file.write_text(written, encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_examples(file, portfolio.sources)
    assert complaint in refused.value.what


@pytest.mark.parametrize(
    ("content", "what", "advice"),
    [
        (None, "There is no file of examples at ", "Name the file as it stands; docs/policies.md shows one."),
        ("# later\n", "examples.yaml is empty.", "docs/policies.md shows the form of an example."),
        ("a: !own 1\n", "the tag '!own' is not used in a file of examples.", "docs/policies.md shows the form of "),
        ("a: [\n", "not valid YAML: ", "docs/policies.md shows the form of an example."),
    ],
)
def test_a_file_that_cannot_be_read_is_called_one_of_examples(
    portfolio: Portfolio, tmp_path: Path, content: str | None, what: str, advice: str
) -> None:
    file = tmp_path / "examples.yaml"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_examples(file, portfolio.sources)
    assert what in refused.value.what
    assert advice in refused.value.advice


def written_out(portfolio: Portfolio, folder: Path, examples: str) -> tuple[str, str]:
    file = folder / "examples.yaml"
    file.write_text(f"version: 1\nexamples:\n{examples}", encoding="utf-8")
    return str(file), str(portfolio.path)


EXAMPLE = "  - {name: It is severe, today: 2026-06-17, source: project-risks, row: {likelihood: '5', impact: '5'}"


def test_the_command_tells_what_came_out_otherwise_and_exits_5(portfolio: Portfolio, tmp_path: Path) -> None:
    file, rules = written_out(portfolio, tmp_path, f"{EXAMPLE}, expect: {{band: very high}}}}\n")
    passed = portfolio_sync("policies", "test", file, "-c", rules, state=tmp_path)
    assert (passed.code, passed.out.splitlines()[-1]) == (0, "The one example came out as expected.")
    two = (
        f"{EXAMPLE}, expect: {{band: very high}}}}\n{EXAMPLE.replace('It is', 'It is not')}, expect: {{band: low}}}}\n"
    )
    file, rules = written_out(portfolio, tmp_path, two)
    failed = portfolio_sync("policies", "test", file, "-c", rules, state=tmp_path)
    assert failed.code == 5
    assert failed.out.splitlines() == [
        "passed  It is severe",
        "FAILED  It is not severe",
        "        band: expected 'low', found 'very_high'",
        "2 examples, 1 of them came out otherwise.",
    ]
    told: dict[str, Any] = json.loads(
        portfolio_sync("policies", "test", file, "-c", rules, "--json", state=tmp_path).out
    )
    assert [example["passed"] for example in told["examples"]] == [True, False]
    assert told["examples"][1]["wrong"] == [{"answer": "band", "expected": "low", "found": "very_high"}]


def test_every_answer_is_on_the_page() -> None:
    page = DOCS.read_text(encoding="utf-8").partition("### Answers")[2]
    rows = [line.split("|")[1].strip(" `") for line in page.splitlines() if line.startswith("| `")]
    assert rows == [answer.value for answer in Answer]


def test_the_examples_on_the_page_come_out_as_they_say(portfolio: Portfolio, tmp_path: Path) -> None:
    page = DOCS.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    file = tmp_path / "page.yaml"
    file.write_text(page, encoding="utf-8")
    rules = portfolio.sources, portfolio.policies, portfolio.calendar
    tried = [try_out(example, *rules) for example in load_examples(file, portfolio.sources)]
    assert [result.passed for result in tried] == [True, True], [result.wrong for result in tried]
