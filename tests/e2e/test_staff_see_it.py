"""What staff see where they work, over HTTP: from bare lists to columns, views and nights that write only what changed,
through a hold, a drift and a date that passes, and back to bare lists.

The fortnight is played once; every test looks at what it left.
"""

import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from connectors.emulator.rules.history import Entry
from sync.errors import ExitCode
from tests.support.forms import Page
from tests.support.staff_story import (
    ACTIONS,
    DRIFTED,
    DUE,
    FIRST,
    HELD,
    HOLD_ENDS,
    HOLDS,
    ICT,
    INFRASTRUCTURE,
    MILESTONES,
    MOVED,
    OWN_LISTS,
    PROJECT_RISKS,
    ROLLUP,
    SECRET_ITEMS,
    SECRETS,
    SERVICES,
    STATUS,
    STRATEGY,
    TDA_RISKS,
    Story,
    played,
)

WEEK = [FIRST + timedelta(days) for days in range(1, 8)]
READS = {"web", "web/list", "web/list/views", "web/list/items", "web/list/getlistitemchangessincetoken"}
NOTHING_DONE = {"applied": 0, "skipped": 0, "raced": 0, "throttled": 0, "failed": 0, "unknown": 0}
BANDS = "very high|high|medium|low"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with played(tmp_path_factory.mktemp("staff")) as told:
        yield told


def changing(entries: Iterable[Entry]) -> list[str]:
    """What was asked of the server that changes something there. A batch says what it does by its parts, and asking
    what changed is a POST."""
    asks = {"$batch", "web/list/getchanges"}
    changes = (each for each in entries if each.method not in {"GET", "HEAD", "EDIT"} and each.operation not in asks)
    return [f"{each.method} {each.operation}" for each in changes]


# From bare lists


def test_check_names_what_is_missing_and_what_makes_it(story: Story) -> None:
    answer = story.answers["check bare"]
    said = " ".join(answer.out.split())
    assert answer.code == ExitCode.SCHEMA
    assert "0 of 11 sources are ready." in said
    assert said.count("run `portfolio-sync provision`") + said.count("Run `portfolio-sync provision`") >= 11
    for title in (ROLLUP, STATUS):
        assert f"There is no list '{title}' yet. Run `provision`, which makes it." in said
    assert story.written["check bare"] == story.written["check ready"] == {}
    assert story.answers["check ready"].code == ExitCode.DONE
    assert "11 of 11 sources are ready." in story.answers["check ready"].out


def test_a_dry_run_tells_all_of_it_and_changes_nothing(story: Story) -> None:
    assert story.answers["dry run"].code == ExitCode.DONE
    assert "make column PSOverdue 'Overdue?'" in story.answers["dry run"].out
    assert changing(story.asked["dry run"]) == []
    assert story.schemas["after the dry run"] == story.schemas["bare"]


def test_provision_makes_columns_views_and_two_lists_and_leaves_staffs_values_alone(story: Story) -> None:
    assert story.answers["provision"].code == ExitCode.DONE
    bare, made = story.schemas["bare"], story.schemas["provisioned"]
    assert set(made) - set(bare) == {f"{site} {title}" for site, title in OWN_LISTS}
    assert story.staff["provisioned"] == story.staff["bare"]
    for where, before in bare.items():
        was, now = json.loads(before), json.loads(made[where])
        assert now["columns"][: len(was["columns"])] == was["columns"]
        assert now["views"][: len(was["views"])] == was["views"]
        added = {each["name"] for each in now["columns"][len(was["columns"]) :]}
        assert {name for name in added if not name.startswith("PS")} == (set(HOLDS) if SERVICES in where else set())
        assert {name: now[name] for name in ("title", "settings", "rights")} == {
            name: was[name] for name in ("title", "settings", "rights")
        }


def test_a_second_provision_asks_and_changes_nothing(story: Story) -> None:
    assert story.answers["again"].code == ExitCode.DONE
    assert changing(story.asked["again"]) == []
    assert story.written["again"] == {}
    assert {each.operation for each in story.asked["again"]} <= READS


def test_the_first_run_writes_what_its_plan_said_and_keeps_the_two_lists(story: Story) -> None:
    assert story.answers["plan"].code == ExitCode.DONE
    assert changing(story.asked["plan"]) == []
    first = story.answers["first run"]
    assert first.code == ExitCode.DONE
    report = first.document
    planned = json.loads((story.office.folder / "plan.json").read_text(encoding="utf-8"))["writes"]
    assert report["writes"]["applied"] == len(planned) == len(report["plan"]["writes"]) > 100
    by_list = story.written["first run"]
    assert sum(count for where, count in by_list.items() if where not in OWN_LISTS) == len(planned)
    assert by_list[STRATEGY, ROLLUP] == report["writes"]["own_lists"] > len(report["rollup"]), "restricted ones apart"
    assert by_list[STRATEGY, STATUS] == report["writes"]["heartbeat"] == 1
    assert story.staff["first run"] == story.staff["bare"], "quietly: also Modified, who that was, and versions"


# Nights on which nothing happens


def test_a_week_of_nights_without_a_threshold_writes_one_status_a_day_and_needs_no_more_than_write(
    story: Story,
) -> None:
    for on in WEEK:
        night = story.nights[on]
        assert night.written == {(STRATEGY, STATUS): 1}, on
        assert changing(night.entries) == ["MERGE web/list/item"], on
        assert night.report["plan"]["writes"] == []
        assert night.report["writes"] == {**NOTHING_DONE, "own_lists": 0, "heartbeat": 1}
        assert not [each for each in night.report["findings"] if each["kind"] == "own_list"]


def test_every_night_that_ran_told_the_status_once(story: Story) -> None:
    told = {on: night.written[STRATEGY, STATUS] for on, night in story.nights.items()}
    assert len(told) == 14
    assert set(told.values()) == {1}


def test_the_status_reddens_by_itself_after_26_hours(story: Story) -> None:
    fresh, stale = (story.pages[f"2026-06-25 0{hour}:17", "Status"] for hour in (2, 4))
    late = "No good run for more than 26 hours"
    assert last_run(fresh) == "24 June 2026, 02:17"
    assert last_run(stale) == f"24 June 2026, 02:17 · {late}"
    assert tone(fresh, "24 June 2026, 02:17") == "sp-field-severity--good"
    assert tone(stale, f"24 June 2026, 02:17 · {late}") == "sp-field-severity--blocked"
    assert story.written["looking at the status"] == {}


def last_run(page: Page) -> str:
    [text] = page.column("Last good run")
    return text


def tone(page: Page, text: str) -> str:
    """The severity class of the formatted cells that say this, which they have in common."""
    cells = re.findall(r'<td class="formatted[^"]*"><div class="([^"]*)">(.*?)</td>', page.text, re.DOTALL)
    [classes] = {names for names, inside in cells if " ".join(re.sub("<[^>]*>", " ", inside).split()) == text}
    return " ".join(name for name in classes.split() if name.startswith("sp-field-severity"))


# A service that may write and no more


def test_a_missing_column_holds_back_its_list_alone_and_the_run_says_what_to_do(story: Story) -> None:
    answer = story.answers["column missing"]
    assert answer.code == ExitCode.PARTIAL
    troubled = {each["name"]: each["problems"] for each in answer.document["sources"] if each["problems"]}
    assert list(troubled) == ["milestones"]
    [problem] = troubled["milestones"]
    assert "'PSOverdueSince'" in problem["text"]
    assert problem["advice"].startswith("Run `portfolio-sync provision`")
    assert (STRATEGY, MILESTONES) not in story.written["column missing"]
    assert story.written["column missing"][STRATEGY, SERVICES] > 0
    assert answer.document["writes"]["heartbeat"] == 1


def test_provision_refuses_a_writer_with_the_one_permission_and_changes_nothing(story: Story) -> None:
    answer = story.answers["provision as a writer"]
    assert answer.code == ExitCode.ACCESS
    assert re.findall(r"has not the role `(\w+)`", answer.err) == ["manage"]
    assert changing(story.asked["provision as a writer"]) == []
    assert story.schemas["provision as a writer"] == story.schemas["column missing"]
    shown = story.answers["dry run as a writer"]
    assert (shown.code, "has not the role `manage`" in shown.err) == (ExitCode.DONE, True)


def test_the_column_comes_back_with_its_place_in_our_views_and_the_next_night_fills_it(story: Story) -> None:
    assert story.answers["mended"].code == ExitCode.DONE
    before, after = (json.loads(story.schemas[when][f"{STRATEGY} {MILESTONES}"]) for when in ("provisioned", "removed"))
    assert "Overdue" in [each["title"] for each in before["views"]]
    assert "Overdue" not in [each["title"] for each in after["views"]], "still known for ours when it went"
    night = story.nights[date(2026, 6, 27)]
    assert [each for each in night.report["sources"] if each["problems"]] == []
    assert night.written[STRATEGY, MILESTONES] > 0


# A hold, and a value changed by hand


def test_a_hold_is_shown_beside_what_was_worked_out_and_counted_until_its_last_day(story: Story) -> None:
    days = [date(2026, 6, number) for number in (27, 28, 29, 30)]
    rows = {on: story.rows[on][HELD] for on in days}
    for on in days[:3]:
        assert on <= HOLD_ENDS
        assert rows[on]["PSReason"].startswith("Held until 29 June 2026 (supplier dispute). Off track: ")
    assert rows[days[3]]["PSReason"].startswith("The hold ended on 29 June 2026. Off track: ")
    assert {(row["PSStatus"], row["PSOverdue"]) for row in rows.values()} == {("Off track", "Overdue")}
    assert [story.held[on] for on in (WEEK[-1], *days)] == [0, 1, 1, 1, 0]
    versions = [rows[on]["version"] for on in days]
    assert versions[0] == versions[1] == versions[2] < versions[3], "told once, and once that it ended"
    page = story.pages["2026-06-27 09:00", "Overdue"]
    [state] = page.column("Overdue?")
    assert state.startswith("Overdue")
    assert state.endswith("Held until 29 June 2026")


def test_a_value_changed_by_hand_is_put_back_and_told_once(story: Story) -> None:
    restored, *later = (story.rows[date(2026, 6, number)][DRIFTED] for number in (28, 29, 30))
    assert restored["PSOverdue"] == "On time"
    assert restored["PSReason"] == "Overdue was changed by hand to 'Overdue'; restored on 28 June 2026."
    assert [row["version"] for row in later] == [restored["version"]] * 2
    assert [row["PSReason"] for row in later] == [restored["PSReason"]] * 2
    drifts = [
        each["text"]
        for on in (28, 29, 30)
        for each in story.nights[date(2026, 6, on)].report["findings"]
        if each["kind"] == "drift"
    ]
    assert len(drifts) == 1


# The day before, the day, and the day after


def test_what_is_due_is_due_soon_until_its_day_is_over_and_overdue_from_the_next(story: Story) -> None:
    before, on, after = (DUE + timedelta(offset) for offset in (-1, 0, 1))
    for day in (before, on):
        page = story.pages[f"{day} 09:00", "Due soon"]
        assert refs(page) == ["IPS-01"]
        assert page.column("Overdue?") == ["Due soon"]
        assert page.column("Why") == ["Due soon: end date is 2 July 2026."]
        assert page.column("Overdue since") == [""]
        assert tone(page, "Due soon") == "sp-field-severity--warning"
        assert "IPS-01" not in refs(story.pages[f"{day} 09:00", "Overdue"])
    assert refs(story.pages[f"{after} 09:00", "Due soon"]) == []
    page = story.pages[f"{after} 09:00", "Overdue"]
    assert refs(page) == ["IPS-09", "IPS-01"], "the longest overdue first"
    assert page.column("Overdue?")[1] == "Overdue"
    assert page.column("Overdue since")[1] == "2 July 2026 · 1 day"
    assert page.column("Why")[1] == "At risk: its end date was 2 July 2026."
    assert tone(page, "At risk") == "sp-field-severity--warning"
    assert tone(page, "Overdue") == "sp-field-severity--blocked"
    versions = [story.rows[day][MOVED]["version"] for day in (before, on, after)]
    assert versions[0] == versions[1] < versions[2]


def test_days_go_on_by_formatting_while_nothing_is_written(story: Story) -> None:
    page = story.pages[f"{DUE + timedelta(3)} 09:00", "Overdue"]
    assert page.column("Overdue since")[1] == "2 July 2026 · 3 days"
    assert page.column("Why")[1] == "At risk: its end date was 2 July 2026."


def refs(page: Page) -> list[str]:
    return [row[0] for row in page.rows[1:]]


# And back


def test_remove_leaves_every_list_as_it_was(story: Story) -> None:
    shown = story.answers["remove while it is held"]
    assert shown.code == ExitCode.DONE
    kept = {left["what"]: left["why"] for each in shown.document["lists"] for left in each["left"]}
    assert set(kept) == {"column 'Hold: reason'", "column 'Hold until'"}
    assert all("1 item holds something in it" in why for why in kept.values())
    assert story.answers["remove"].code == ExitCode.DONE
    assert story.schemas["removed"] == story.schemas["bare"]


def test_of_staffs_values_only_what_staff_changed_is_another_at_the_end(story: Story) -> None:
    before, after = story.staff["bare"], story.staff["removed"]
    assert before.keys() == after.keys()
    changed = {where for where in before if before[where] != after[where]}
    assert changed == {(SERVICES, HELD), (SERVICES, MOVED), (SERVICES, DRIFTED)}
    assert before[SERVICES, MOVED] | {"last changed": None, "Target_x0020_date": None} == after[SERVICES, MOVED] | {
        "last changed": None,
        "Target_x0020_date": None,
    }


# What is confidential


def test_a_confidential_risk_counts_and_is_named_in_no_list_but_its_own(story: Story) -> None:
    registers = {(ICT, title) for title in SECRET_ITEMS}
    for where, items in story.values.items():
        for item in items:
            ours = {name: value for name, value in item.items() if where in OWN_LISTS or name.startswith("PS")}
            assert tells(json.dumps(ours, default=str)) == [] or where in registers, (where, ours)
    [behind] = [each for each in story.values[STRATEGY, INFRASTRUCTURE] if each["field_1"] == "SDI-08"]
    assert behind["PSStatus"] == "At risk"
    assert behind["PSReason"] == "At risk: a restricted risk counts against it; a restricted action is overdue."
    [own] = [each for each in story.values[ICT, PROJECT_RISKS] if each["Risk_x0020_ref"] == SECRETS[0]]
    assert "very high" in own["PSReason"], "in its own register it is told"
    assert any(each["PSReason"] for each in story.values[ICT, TDA_RISKS] if each["TDA_x0020_no"] == SECRETS[2])
    for register, items in story.values.items():
        others = [each for each in items if register not in registers and tells_reference(each)]
        assert others == [], register


def tells_reference(item: dict[str, Any]) -> list[str]:
    """Staff's own columns may refer to it by a lookup, which holds a number."""
    return tells(json.dumps({name: str(value) for name, value in item.items()}))


def test_nothing_that_a_command_said_or_wrote_names_it(story: Story) -> None:
    failed = {
        called: result.code
        for called, result in story.answers.items()
        if result.code and called not in {"check bare", "column missing", "provision as a writer"}
    }
    assert failed == {}
    for called, result in story.answers.items():
        assert tells(result.out) == [], called
        assert tells(result.err) == [], called
    for file in sorted(story.office.folder.iterdir()):
        if file.suffix in {".json", ".docx", ".xlsx"}:
            assert tells("\n".join(texts_of(file))) == [], file.name
    assert {"plan.json", "committee.docx", "register.docx", "data.xlsx"} <= {
        each.name for each in story.office.folder.iterdir()
    }


def test_nothing_that_was_logged_names_it(story: Story) -> None:
    assert len(story.office.log) > 1000, "every request at least"
    assert [line for line in story.office.log if tells(line)] == []


def test_no_text_in_the_database_names_it(story: Story) -> None:
    cells = list(database_texts(story))
    assert sum("SDI-08" in text for _, text in cells) > 0
    assert [(where, tells(text)) for where, text in cells if tells(text)] == []
    for file in story.office.folder.glob("state.sqlite*"):
        content = file.read_bytes()
        assert [word for word in SECRETS if word.encode() in content] == [], file.name


def database_texts(story: Story) -> Iterator[tuple[str, str]]:
    """Every cell of every table, as text; the database packs none of them but what is sealed."""
    with sqlite3.connect(story.office.database) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert {"runs", "audit", "histories", "archive_parts", "decisions", "made"} <= set(tables)
        for table in tables:
            found = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name from the schema itself
            names = [each[0] for each in found.description]
            for row in found:
                packed = {name for name, value in zip(names, row, strict=True) if isinstance(value, bytes)}
                assert packed <= ({"content"} if table == "mirror_blocks" else set()), table
                yield from ((f"{table}.{name}", str(value)) for name, value in zip(names, row, strict=True))
    connection.close()


def texts_of(file: Any) -> Iterator[str]:
    if file.suffix == ".json":
        yield file.read_text(encoding="utf-8")
        return
    with zipfile.ZipFile(file) as packed:
        for name in packed.namelist():
            yield re.sub("<[^>]*>", " ", packed.read(name).decode("utf-8", "replace"))


def tells(text: str) -> list[str]:
    """What a text gives away: a reference, a word of a title, or how severe something restricted is."""
    named = [word for word in SECRETS if word in text]
    tied = re.findall(rf"restricted (?:risk|action)s?\b[^.;\n<]{{0,60}}\b(?:{BANDS})\b", text, re.IGNORECASE)
    return named + tied + re.findall(rf"\b(?:{BANDS}) (?:confidential|restricted) risk", text, re.IGNORECASE)


def test_the_search_finds_what_it_looks_for() -> None:
    assert tells("At risk: a restricted risk is very high.") == ["restricted risk is very high"]
    assert tells(f"action A-09 on very high risk {SECRETS[0]} was due") == [SECRETS[0]]
    assert tells("a very high restricted risk") == ["very high restricted risk"]
    assert tells("a restricted risk counts against it; risk R-1 is very high") == []


def test_an_action_on_it_tells_of_itself_alone(story: Story) -> None:
    [action] = [each for each in story.values[ICT, ACTIONS] if each["Action_x0020_ref"] == "A-09"]
    assert action["PSReason"] == "Overdue: was due 1 June 2026."
