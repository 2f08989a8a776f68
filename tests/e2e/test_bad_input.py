"""What can be wrong outside: one sentence of what, one of what to do, and nothing written for that source."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from connectors.emulator.rules.fault_rules import parse_rule
from sync.errors import ExitCode
from tests.support import council
from tests.support.cli import Result, portfolio_sync
from tests.support.emulator import RunningEmulator, running_emulator, this_moment
from tests.support.faults import Faults

ALPHA = "Alpha projects"
LISTS = (ALPHA, "Beta projects", "Milestones")
TOGETHER = 1 + len(LISTS)
"""What the history says of one request that writes into all of them."""


@dataclass
class Bench:
    """A served council, trouble on the way to it, and the command line."""

    emulator: RunningEmulator
    faults: Faults
    file: Path
    folder: Path

    def reconcile(self, *arguments: str) -> Result:
        options = ("-c", str(self.file), "--today", council.DAY, "--json", *arguments)
        return portfolio_sync("reconcile", *options, state=self.folder)

    def edit(self, old: str, new: str, count: int = -1) -> None:
        text = self.file.read_text(encoding="utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new, count), encoding="utf-8")

    def plan(self, **rule: Any) -> None:
        """One more rule of what goes wrong."""
        plan = self.emulator.service.faults
        plan.add(parse_rule(rule, number=len(plan.rules) + 1))

    def saves(self) -> int:
        """How many requests of the quiet mode came; one that writes into several lists is told for each of them too."""
        return sum(entry.operation == "ProcessQuery" for entry in self.emulator.service.history.entries)

    def owned(self, title: str) -> list[Any]:
        """What our columns hold in every item of a list, whatever goes wrong with asking for it."""
        owner = self.emulator.world.site(council.SITE).list_titled(title)
        assert owner is not None
        return [[item.values.get(name) for name in ("PSStatus", "PSOverdue", "PSReason")] for item in owner.ordered()]

    def is_untouched(self, title: str) -> bool:
        return all(value is None for row in self.owned(title) for value in row)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    trouble: list[Faults] = []

    def wrap(app: ASGIApp) -> Faults:
        trouble.append(Faults(app))
        return trouble[0]

    with running_emulator(council.world(), wrap=wrap, clock=this_moment) as emulator:
        yield Bench(emulator, trouble[0], council.portfolio(tmp_path, emulator.base_url), tmp_path)


def problem_of(result: Result, source: str) -> dict[str, Any]:
    problems = next(each for each in result.document["sources"] if each["name"] == source)["problems"]
    assert len(problems) == 1, problems
    for sentence in (problems[0]["text"], problems[0]["advice"]):
        assert sentence.endswith("."), sentence
    return dict(problems[0])


def test_a_misspelt_key_is_named_with_its_line_and_the_nearest_name(bench: Bench) -> None:
    bench.edit("fields:", "feilds:", 1)
    result = bench.reconcile("--yes")
    assert result.code == ExitCode.CONFIGURATION
    assert "line 14" in result.err
    assert "'fields'" in result.err
    assert result.out == ""
    assert all(bench.is_untouched(title) for title in LISTS)


def test_an_unreachable_host_is_15(bench: Bench) -> None:
    bench.edit(bench.emulator.base_url, "http://127.0.0.1:9")
    result = bench.reconcile("--yes")
    assert result.code == ExitCode.UNREACHABLE
    assert problem_of(result, "alpha")["code"] == ExitCode.UNREACHABLE


Breakage = Callable[[Bench], object]

BREAKAGES: list[tuple[str, Breakage, ExitCode]] = [
    ("missing list", lambda bench: bench.edit(f"list: {ALPHA}", "list: Alpha projets"), ExitCode.NOT_FOUND),
    ("missing column", lambda bench: bench.edit("end: Target date", "end: Finish date", 1), ExitCode.SCHEMA),
    (
        "no permission",
        lambda bench: bench.plan(list=ALPHA, do="refuse", status=403),
        ExitCode.ACCESS,
    ),
    (
        "answer cut short",
        lambda bench: bench.plan(route="web/list/items", list=ALPHA, do="truncate"),
        ExitCode.UNREADABLE,
    ),
]


@pytest.mark.parametrize(("breakage", "code"), [each[1:] for each in BREAKAGES], ids=[each[0] for each in BREAKAGES])
def test_one_broken_source_is_told_and_not_written_and_the_others_go_on(
    bench: Bench, breakage: Breakage, code: ExitCode
) -> None:
    breakage(bench)
    result = bench.reconcile("--yes")
    assert result.code == ExitCode.PARTIAL, result.err
    assert problem_of(result, "alpha")["code"] == code
    assert bench.is_untouched(ALPHA)
    assert bench.owned("Beta projects") == [["On track", "On time", None]] * 2
    assert [row[1] for row in bench.owned("Milestones")] == ["Overdue", "On time"]


def test_all_sources_failing_alike_give_that_code(bench: Bench) -> None:
    bench.plan(do="refuse", status=403)
    assert bench.reconcile("--yes").code == ExitCode.ACCESS


def test_a_list_deleted_between_two_pages_is_a_partial_read(bench: Bench) -> None:
    site = bench.emulator.world.site(council.SITE)
    many = site.list_titled(ALPHA)
    assert many is not None
    for number in range(5000):
        many.create({"Title": f"Filler {number}", "Ref": f"F-{number}"}, site.app)
    bench.faults.add(path=r"skiptoken", before=lambda: site.delete_list(many), times=1)
    result = bench.reconcile("--yes")
    assert result.code == ExitCode.PARTIAL
    assert problem_of(result, "alpha")["code"] == ExitCode.UNREADABLE
    assert next(each["read"] for each in result.document["sources"] if each["name"] == "alpha") == "partial"
    assert not [write for write in result.document["plan"]["writes"] if write["source"] == "alpha"]


def test_an_unknown_status_word_is_a_finding_and_stops_nothing(bench: Bench) -> None:
    item = f"{council.SITE}/_api/web/lists/GetByTitle('{ALPHA}')/items(2)"
    assert bench.emulator.merge(item, {"Status": "Parked"}).status_code == 204
    result = bench.reconcile("--yes")
    assert result.code == ExitCode.DONE
    to_mend = [finding["text"] for finding in result.document["findings"] if finding["severity"] == "warning"]
    assert to_mend == ["A-2: Status 'Parked' is not a known value."]
    assert bench.owned(ALPHA)[1][0] == "Unknown"


def test_after_an_error_in_a_quiet_request_every_item_is_read_again_and_tried_alone(bench: Bench) -> None:
    bench.plan(times=1, do="break-off", after=0)
    result = bench.reconcile("--yes")
    assert (result.code, result.document["writes"]["applied"]) == (ExitCode.DONE, 7)
    assert bench.saves() == TOGETHER + 7, "the failed request, and its seven items alone"
    assert bench.reconcile("--yes").document["plan"]["writes"] == []


def test_items_that_stay_undone_make_the_run_partial(bench: Bench) -> None:
    bench.plan(times=4, do="break-off", after=0)
    result = bench.reconcile("--yes")
    assert result.code == ExitCode.PARTIAL
    assert (result.document["writes"]["unknown"], result.document["writes"]["applied"]) == (3, 4)
    assert bench.is_untouched(ALPHA)
    assert (bench.reconcile().code, bench.owned(ALPHA)[0][0]) == (ExitCode.DONE, "At risk")


def test_a_lost_answer_to_a_write_that_happened_is_found_out_by_reading(bench: Bench) -> None:
    bench.plan(route="ProcessQuery", times=1, do="drop", when="after")
    result = bench.reconcile("--yes")
    assert (result.code, result.document["writes"]["applied"]) == (ExitCode.DONE, 7)
    assert bench.saves() == TOGETHER


def test_a_risky_list_that_is_not_read_makes_nothing_look_better(bench: Bench) -> None:
    assert bench.reconcile("--yes").code == ExitCode.DONE
    assert bench.owned(ALPHA)[0][0] == "At risk"
    bench.plan(list="Milestones", do="refuse", status=403)
    result = bench.reconcile("--full")
    assert result.code == ExitCode.PARTIAL
    assert bench.owned(ALPHA)[0][0] == "At risk"
    assert {finding["kind"] for finding in result.document["findings"]} == {"kept"}
