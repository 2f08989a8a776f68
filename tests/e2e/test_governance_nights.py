"""Two weeks of nights on the sample: what slipped, what was put off, what was raised, who is who, and what was frozen.

The nights are played once; every test looks at what they left.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sync.core.dates import site_midnight
from tests.support import rest
from tests.support.administrator import Session, session
from tests.support.cli import Result

STRATEGY, ICT = "/sites/digital-strategy", "/sites/ict"
SERVICES, RISKS = "Public services projects", "Project risk register"
SLIPPING, RENAMED, REKEYED, DELETED, DOUBTFUL, REPLACED = 1, 2, 3, 11, 12, 13
PUT_OFF, RAISED = 1, 7
FIRST, QUIET = "2026-06-17", ("2026-06-18", "2026-06-21", "2026-06-24")
GOVERNANCE = "Corporate Governance Manager"


def day(text: str) -> str:
    """A day as a site in London stores it."""
    return site_midnight(date.fromisoformat(text), "Europe/London").isoformat().replace("+00:00", "Z")


@dataclass
class Story:
    """`told`: the run report of every night by its day; `data`: the records as the last run before a question saw
    them. `answers` are the commands' results by what was asked."""

    council: Session
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    data: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, Result] = field(default_factory=dict)
    added: int = 0

    def night(self, on: str, *words: str) -> dict[str, Any]:
        result = self.council.reconcile(*words, day=on)
        assert result.code == 0, (on, result.err, result.document["plan"]["refusals"])
        self.told[on] = result.document
        self.data[on] = self.ask("report", "data", "--format", "json").document
        return self.told[on]

    def ask(self, *words: str) -> Result:
        result = self.answers[" ".join(words)] = self.council.run(*words)
        assert result.code == 0, (words, result.err)
        return result

    def edit(self, title: str, item: int, **values: Any) -> None:
        site = ICT if title == RISKS else STRATEGY
        rest.edit(self.council.base_url + site, title, item, **values)

    def item(self, on: str, source: str, ref: str) -> dict[str, Any]:
        found = [each for each in self.data[on]["items"] if each["list"] == source and each["ref"] == ref]
        assert len(found) == 1, (on, source, ref, found)
        return dict(found[0])

    def findings(self, on: str, *kinds: str) -> list[str]:
        return [each["text"] for each in self.told[on]["findings"] if each["kind"] in kinds]

    def row(self, on: str) -> Mapping[str, Any]:
        [portfolio] = [each for each in self.told[on]["rollup"] if each["scope"] == "portfolio"]
        return dict(portfolio)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with session(tmp_path_factory.mktemp("nights")) as council:
        made = Story(council)
        play(made)
        yield made


def play(story: Story) -> None:
    url = story.council.base_url + STRATEGY
    story.night(FIRST, "--yes")
    story.told["straight after"] = story.council.reconcile(day=FIRST).document
    for on in QUIET:
        story.told[on] = story.council.reconcile(day=on).document

    story.edit(SERVICES, SLIPPING, Target_x0020_date=day("2026-10-31"))
    story.edit(RISKS, PUT_OFF, Next_x0020_review=day("2026-08-20"))
    story.edit(RISKS, RAISED, Probability=5, Impact=5)
    story.edit(SERVICES, RENAMED, Title="Bookings in one place")
    story.edit(SERVICES, REKEYED, Ref="IPS-93")
    rest.delete(url, SERVICES, DELETED)
    new = {"Title": "Street works map", "Ref": "IPS-77", "Status": "On track to deliver as defined"}
    story.added = rest.add(url, SERVICES, **new, Target_x0020_date=day("2027-03-31"))
    story.night("2026-06-25")

    story.edit(SERVICES, SLIPPING, Target_x0020_date=day("2026-11-30"))
    story.edit(RISKS, RAISED, Probability=1, Impact=1)
    story.night("2026-06-26")

    story.edit(RISKS, RAISED, Probability=5, Impact=5)
    story.edit(SERVICES, DOUBTFUL, Title="One account for residents", Ref="IPS-80")
    story.edit(SERVICES, REPLACED, Title="Reserve list of pitches", Ref="IPS-81")
    story.night("2026-06-29")
    asked = story.ask("matches", "list", "--json").document["matches"]
    by_item = {each["item"]: each for each in asked}
    story.ask("matches", "answer", by_item[DOUBTFUL]["id"], "--same")
    story.ask("matches", "answer", by_item[REPLACED]["id"], "--another")
    story.night("2026-07-01")
    story.night("2026-07-02")


def test_a_run_straight_after_and_a_week_without_a_threshold_write_nothing(story: Story) -> None:
    assert story.told[FIRST]["writes"]["applied"] > 100
    for on in ("straight after", *QUIET):
        assert story.told[on]["plan"]["writes"] == [], on
        assert story.told[on]["writes"]["applied"] == 0
    [risk] = [each for each in story.told[FIRST]["plan"]["writes"] if each["key"] == "PR-001"]
    assert risk["set"]["next_review"] == "2026-07-04"
    assert risk["set"]["escalate_to"] == GOVERNANCE


def test_on_the_first_run_nothing_is_new_and_every_count_begins(story: Story) -> None:
    assert story.findings(FIRST, "key_reused", "review_pushed_out") == []
    first = story.data[FIRST]
    assert first["since"] == FIRST
    assert {each["slips"] for each in first["items"]} <= {0, None}
    assert {each["push_outs"] for each in first["items"]} <= {0, None}


def test_slips_are_counted_since_the_first_run(story: Story) -> None:
    found = [story.item(on, "public-services", "IPS-01") for on in (FIRST, "2026-06-25", "2026-06-26", "2026-07-02")]
    assert [(each["slips"], each["slip_days"], each["due_date"]) for each in found] == [
        (0, 0, "2026-09-30"),
        (1, 31, "2026-10-31"),
        (2, 61, "2026-11-30"),
        (2, 61, "2026-11-30"),
    ]
    assert {(each["original_date"], each["slips_since"]) for each in found} == {("2026-09-30", FIRST)}


def test_a_review_that_is_moved_and_not_held_is_a_push_out(story: Story) -> None:
    before, after = (story.item(on, "project-risks", "PR-001") for on in (FIRST, "2026-07-02"))
    assert (before["push_outs"], after["push_outs"]) == (0, 1)
    assert before["last_reviewed"] == after["last_reviewed"]
    assert after["review_due"] == "2026-07-04", "the cadence does not move with it"
    told = [
        len([each for each in story.findings(on, "review_pushed_out") if "PR-001" in each])
        for on in (FIRST, "2026-06-26")
    ]
    assert told == [0, 1]


def test_a_risk_is_raised_once_falls_and_its_second_raising_is_a_repeat(story: Story) -> None:
    nights = (FIRST, "2026-06-25", "2026-06-26", "2026-06-29", "2026-07-01", "2026-07-02")
    found = [story.item(on, "project-risks", "PR-007") for on in nights]
    assert [each["board"] == GOVERNANCE for each in found] == [False, True, False, True, True, True]
    assert [each["raised_to_board"] for each in found[1:2] + found[3:]] == ["2026-06-25", *["2026-06-29"] * 3]
    assert [each["repeats"] for each in found[1:]] == [0, 0, 1, 1, 1]
    site = story.council.base_url + ICT
    assert rest.items(site, RISKS)[RAISED]["PSEscalateTo"] == GOVERNANCE


def test_what_is_renamed_or_re_keyed_goes_on_and_what_left_or_came_has_its_own_number(story: Story) -> None:
    on = "2026-06-25"
    renamed = [story.item(each, "public-services", "IPS-02") for each in (FIRST, on)]
    assert renamed[0]["number"] == renamed[1]["number"]
    assert renamed[0]["title"] != renamed[1]["title"] == "Bookings in one place"
    keyed = story.item(FIRST, "public-services", "IPS-03"), story.item(on, "public-services", "IPS-93")
    assert keyed[0]["number"] == keyed[1]["number"]
    assert story.findings(on, "key_reused") == []
    numbers = {each["number"] for each in story.data[FIRST]["items"]}
    assert story.item(on, "public-services", "IPS-77")["number"] not in numbers
    assert story.item(FIRST, "public-services", "IPS-11")["number"] not in {
        each["number"] for each in story.data[on]["items"]
    }


def test_a_doubt_is_asked_about_and_its_answer_is_kept(story: Story) -> None:
    was = story.item("2026-06-26", "public-services", "IPS-12")
    doubted = story.item("2026-06-29", "public-services", "IPS-80")
    assert doubted["number"] != was["number"], "until there is an answer it is something else"
    for on in ("2026-07-01", "2026-07-02"):
        now = story.item(on, "public-services", "IPS-80")
        assert now["number"] == was["number"]
        assert now["slips_since"] == FIRST
    replaced = story.item("2026-06-26", "public-services", "IPS-13")
    for on in ("2026-06-29", "2026-07-02"):
        assert story.item(on, "public-services", "IPS-81")["number"] != replaced["number"]
    assert story.ask("matches", "list", "--json").document["matches"] == []


def test_directions_are_told_once_there_is_something_to_compare_with(story: Story) -> None:
    assert {each["direction"] for each in story.told[FIRST]["rollup"]} == {None}
    assert story.row(QUIET[0])["direction"] == "same"
    directions = {each["direction"] for each in story.told["2026-06-25"]["rollup"]}
    assert directions <= {"same", "better", "worse", None}
    [register] = [each for each in story.told["2026-06-25"]["rollup"] if each["name"] == "project-registers"]
    assert register["direction"] == "worse", "one more risk is very high"


def test_a_month_and_a_board_are_frozen_once_each(story: Story) -> None:
    frozen = story.ask("frozen", "list", "--json").document["frozen"]
    assert sorted((each["id"], each["as_of"]) for each in frozen) == [
        ("2026-06-24-ict-programme-board", FIRST),
        ("2026-06-monthly", FIRST),
        ("2026-07-monthly", "2026-07-01"),
    ]
    assert {each["revision"] for each in frozen} == {0}


def test_what_was_frozen_comes_out_the_same_again(story: Story) -> None:
    verified = story.ask("frozen", "verify", "--json").document["reports"]
    assert {each["id"]: each["same"] for each in verified} == {
        "2026-07-monthly": True,
        "2026-06-monthly": True,
        "2026-06-24-ict-programme-board": True,
    }


def test_an_old_report_tells_the_records_of_then(story: Story) -> None:
    then = story.ask("report", "data", "--format", "json", "--frozen", "2026-06-monthly").document
    assert then["today"] == FIRST
    assert then["items"] == story.data[FIRST]["items"], "but for the numbers of what was joined since"
    assert then["rollup"] == story.data[FIRST]["rollup"]


def test_the_public_edition_names_nobody_and_gives_no_reason(story: Story) -> None:
    pmo = story.data["2026-07-02"]
    owners = {name for each in pmo["items"] for name in each["owners"]}
    reasons = {each["reason"] for each in pmo["items"] if each["reason"]}
    assert len(owners) > 10
    assert len(reasons) > 10
    for form in ("json", "csv"):
        public = story.ask("report", "data", "--format", form, "--edition", "public").out
        assert [name for name in owners | reasons if name in public] == []
    columns = set(json.loads(story.answers["report data --format json --edition public"].out)["items"][0])
    assert columns.isdisjoint({"owners", "reason"})


def test_a_restated_report_marks_its_figures_and_keeps_what_was_told(story: Story, tmp_path: Path) -> None:
    wrong = "public-services/IPS-01.status=needs_review"
    words = ("frozen", "restate", "2026-06-monthly", "--set", wrong, "--why", "The status was of another project.")
    waiting = story.council.run(*words)
    assert waiting.code == 4
    assert "counts.on_track: 31 was told, 30 it is" in waiting.err
    done = story.ask(*words, "--yes")
    assert "Kept as 2026-06-monthly-r1" in done.out
    [kept] = [each for each in story.ask("frozen", "--json").document["frozen"] if each["revision"]]
    assert (kept["restates"], kept["why"]) == ("2026-06-monthly", "The status was of another project.")
    told, now = (
        story.ask("report", "data", "--format", "json", "--frozen", name).document["rollup"][0]
        for name in ("2026-06-monthly", "2026-06-monthly-r1")
    )
    assert (told["counts"]["on_track"], now["counts"]["on_track"]) == (31, 30)
    assert story.council.run("frozen", "verify").code == 0
    again = story.council.run(*words, "--yes")
    assert (again.code, again.out) == (2, "")
    assert "restated already" in again.err
    assert "Restate 2026-06-monthly-r1" in again.err
