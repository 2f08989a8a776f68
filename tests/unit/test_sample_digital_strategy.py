"""The sample world is what it says it is: its counts, its dates, its mess, and which projects read worse and why."""

import json
import re
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from config import samples
from config.portfolio import load_portfolio
from connectors.emulator.state.loading import load_world
from sync.core.policy import STATUS_LABELS
from sync.errors import ConfigurationError
from tests.support.digital_strategy import (
    DAY,
    LONDON,
    NAME,
    OVER,
    PROJECTS,
    READS_WORSE,
    REGISTERS,
    actions,
    as_day,
    band,
    columns,
    computed,
    everything,
    list_of,
    lists,
    milestones,
    portfolio,
    project_of,
    projects,
    read,
    risks,
    world,
)

# What the packaged data is


def test_the_sample_is_listed_and_plays_on_a_wednesday() -> None:
    assert samples.names() == [NAME]
    assert samples.day(NAME) == DAY
    assert DAY.strftime("%A") == "Wednesday"


def test_a_misspelt_sample_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ConfigurationError, match=r"no sample 'digital-stratgy'\. Did you mean 'digital-strategy'"):
        samples.world("digital-stratgy")
    with pytest.raises(ConfigurationError, match=r"There is no sample '\.\./pyproject'"):
        samples.portfolio_text("../pyproject", base_url="http://127.0.0.1:1", portfolio_name="x")


@pytest.mark.parametrize("name", ['Digital "first" strategy: 2022-24', "Strategaeth # ddigidol", "$base_url"])
def test_the_portfolio_file_takes_any_host_and_name(name: str, tmp_path: Path) -> None:
    written = tmp_path / "portfolio.yaml"
    written.write_text(
        samples.portfolio_text(NAME, base_url="http://127.0.0.1:40123", portfolio_name=name), encoding="utf-8"
    )
    loaded = load_portfolio(written)
    assert loaded.name == name
    assert loaded.connections["demo"].host == "http://127.0.0.1:40123"
    assert loaded.schedule.nightly == "17 2 * * *"
    assert {name: loaded.sources[name].register for name in REGISTERS} == REGISTERS


def test_the_world_is_utf_8_json_without_an_address_outside_example_org() -> None:
    text = files("config.samples").joinpath(f"{NAME}.json").read_text(encoding="utf-8")
    assert json.loads(text)["world"] == NAME
    assert set(re.findall(r"@([\w.-]+)", text)) == {"example.org"}
    assert "http" not in text


def test_the_embedded_sharepoint_loads_the_world_under_the_same_id_every_time() -> None:
    loaded = load_world(world())
    assert loaded.id == load_world(samples.world(NAME)).id
    served = [(found.title, len(found.items)) for site in loaded.sites.values() for found in site.lists.values()]
    assert served == [(found["title"], len(found["items"])) for _, found in lists()]


def test_the_bare_sample_is_the_same_without_what_the_service_owns() -> None:
    ours = {column for source in portfolio()["sources"].values() for column in source["write"]["columns"].values()}
    whole, bare = samples.world(NAME), samples.world(NAME, bare=True)
    for site, bare_site in zip(whole["sites"], bare["sites"], strict=True):
        for found, bare_list in zip(site["lists"], bare_site["lists"], strict=True):
            kept = [column for column in found["fields"] if column["name"] not in ours]
            assert len(kept) < len(found["fields"])
            assert bare_list == found | {"fields": kept}
    assert load_world(bare).sites.keys() == load_world(whole).sites.keys()


# What the lists are


def test_two_london_sites_hold_eleven_lists_and_the_portfolio_file_reads_each_once() -> None:
    assert {site["path"]: site["time_zone"] for site in world()["sites"]} == {
        "/sites/digital-strategy": 2,
        "/sites/ict": 2,
    }
    addressed = [list_of(name)["url"] for name in portfolio()["sources"]]
    assert sorted(addressed) == sorted(found["url"] for _, found in lists())
    assert len(addressed) == 11


def test_every_column_that_the_portfolio_file_names_exists() -> None:
    for name, source in portfolio()["sources"].items():
        found = list_of(name)
        known = {named for column, field in columns(found).items() for named in (column, field["title"].strip())}
        mapped = [m["column"] if isinstance(m, dict) else m for m in source["fields"].values()]
        named = {column for m in mapped for column in (m if isinstance(m, list) else [m])}
        wanted = named | {source["key"]} | set(source.get("where", {})) | set(source["write"]["columns"].values())
        assert wanted <= known, name


def test_no_two_project_lists_share_their_words_or_their_date_columns() -> None:
    mapped = [portfolio()["sources"][name]["fields"] for name in PROJECTS]
    words = [word for fields in mapped for listed in fields["status"]["values"].values() for word in listed]
    assert len(words) == len(set(words)) == 11
    assert len({fields["end"] for fields in mapped}) == 4
    assert len({fields["status"]["column"] for fields in mapped}) == 4


def test_every_value_fits_its_column() -> None:
    for site, found in lists():
        known = columns(found)
        people = {user["email"] for user in site["users"]}
        for item in found["items"]:
            assert set(item["values"]) <= set(known), (found["title"], item["id"])
            for name, cell in item["values"].items():
                assert fits_column(known[name], cell, people, site), (found["title"], item["id"], name, cell)


def fits_column(field: dict[str, Any], cell: Any, people: set[str], site: dict[str, Any]) -> bool:
    match field["type"]:
        case "Text":
            return isinstance(cell, str) and len(cell) <= field.get("max_length", 255)
        case "Note":
            return isinstance(cell, str)
        case "Choice":
            return cell in field["choices"] or field.get("fill_in", False)
        case "Number" | "Currency" | "Calculated":
            return isinstance(cell, int | float) and not isinstance(cell, bool)
        case "Boolean":
            return isinstance(cell, bool)
        case "DateTime":
            return as_day(cell) is not None and ("T" in cell) is not field["date_only"]
        case "User":
            return cell in people
        case "UserMulti":
            return isinstance(cell, list) and bool(cell) and set(cell) <= people
        case "Lookup":
            [target] = [other for other in site["lists"] if other["url"] == field["lookup_list"]]
            named = [item for item in target["items"] if item["values"][target["key"]] == cell]
            return field["lookup_field"] in columns(target) and len(named) == 1
        case _:
            return False


def test_owned_columns_are_there_with_friendly_titles_and_blank() -> None:
    titles = {
        "PSStatus": "Roll-up status",
        "PSOverdue": "Overdue",
        "PSOverdueSince": "Overdue since",
        "PSReason": "Why",
        "PSNextReview": "Next review due",
        "PSEscalateTo": "Escalate to",
        "PSCheck": "Please check",
        "PSStamp": "Last written by",
    }
    for name, source in portfolio()["sources"].items():
        found = list_of(name)
        owned = {column: field for column, field in columns(found).items() if column.startswith("PS")}
        assert set(owned) == set(source["write"]["columns"].values())
        assert {column: field["title"] for column, field in owned.items()} == {c: titles[c] for c in owned}
        assert {"PSNextReview", "PSEscalateTo"} <= set(owned) if name in REGISTERS else "PSNextReview" not in owned
        theirs = {field["title"].casefold().strip() for column, field in columns(found).items() if column not in owned}
        assert theirs.isdisjoint(titles[column].casefold() for column in owned), "no title means two columns"
        assert not [item["id"] for item in found["items"] if set(item["values"]) & set(owned)]
        assert source["write"]["mode"] == "quiet"


def test_owned_columns_have_every_type_that_they_may_have() -> None:
    types = {(column, field["type"]) for _, found in lists() for column, field in columns(found).items()}
    assert {kind for column, kind in types if column == "PSStatus"} == {"Text", "Choice"}
    assert {kind for column, kind in types if column == "PSOverdue"} == {"Text", "Boolean"}
    assert {kind for column, kind in types if column == "PSCheck"} == {"Text", "Note"}
    assert {kind for column, kind in types if column in ("PSStamp", "PSEscalateTo")} == {"Text"}
    assert {kind for column, kind in types if column == "PSNextReview"} == {"DateTime"}
    assert columns(list_of("programmes"))["PSStatus"]["choices"] == list(STATUS_LABELS.values())


def test_stamps_are_of_office_hours_before_the_day_and_editors_vary() -> None:
    start = datetime.combine(DAY, time(0), UTC)
    for site, found in lists():
        people = {user["email"] for user in site["users"]}
        for item in found["items"]:
            made, changed = (datetime.fromisoformat(item[name]) for name in ("created", "modified"))
            assert made <= changed < start
            assert all(stamp.weekday() < 5 and 8 <= stamp.astimezone(LONDON).hour < 18 for stamp in (made, changed))
            assert {item["author"], item["editor"]} <= people
            assert 1 <= item["version"] <= 6
            assert (item["version"] == 1) is (made == changed)
        assert len({item["editor"] for item in found["items"]}) > 2, found["title"]
        assert [item["id"] for item in found["items"]] == list(range(1, len(found["items"]) + 1))


# What the committee's table says


def test_the_declared_table_is_the_committees() -> None:
    counted = Counter((row["theme"], row["status"]) for row in projects())
    table = {
        theme: tuple(counted[theme, status] for status in ("on_track", "needs_review", "complete"))
        for theme in dict.fromkeys(row["theme"] for row in projects())
    }
    assert table == {
        "Provide innovative public services": (9, 2, 2),
        "Create a vibrant digital economy": (7, 1, 4),
        "Create a sustainable digital infrastructure": (10, 1, 0),
        "Improve health, wellbeing and inclusion": (5, 4, 2),
    }
    assert len(projects()) == counted.total() == 47


def test_there_are_milestones_risks_and_actions_enough_to_be_a_portfolio() -> None:
    assert {name: len(read(name)) for name in REGISTERS} == {
        "project-risks": 21,
        "tda-risks": 9,
        "technical-operations-risks": 10,
    }
    assert len(list_of("technical-operations-risks")["items"]) == 12, "two are archived"
    assert len(milestones()) == 34
    assert len(actions()) == 16
    assert Counter(band(risk) for risk in read("project-risks") if risk["status"] != "closed") == {
        "very_high": 4,
        "high": 6,
        "medium": 6,
        "low": 2,
        "not_assessed": 1,
    }


# Which projects read worse


def test_exactly_the_intended_projects_read_worse_and_for_the_intended_reasons() -> None:
    worse = {row.key: (status, fired) for row in projects() for status, fired in [computed(row, DAY)] if fired}
    assert worse == READS_WORSE
    declared = {row.key: row["status"] for row in projects()}
    assert Counter(declared[key] for key in READS_WORSE) == {"on_track": 8, "needs_review": 1}


def test_programmes_read_the_worst_of_their_open_projects() -> None:
    names = {row.key: row["title"] for row in read("programmes")}
    refers = {row.key: row["programme"] for row in projects()}
    worst_first = ("off_track", "at_risk", "needs_review", "on_track")
    rolled: dict[str, str] = {}
    for key, title in names.items():
        statuses = [computed(row, DAY)[0] for row in projects() if refers[row.key] in (key, title)]
        alive = [status for status in statuses if status not in OVER]
        assert statuses
        rolled[key] = min(alive, key=worst_first.index) if alive else "complete"
    assert rolled == {
        "PRG-01": "at_risk",
        "PRG-02": "on_track",
        "PRG-03": "off_track",
        "PRG-04": "off_track",
        "PRG-05": "at_risk",
        "PRG-06": "needs_review",
        "PRG-07": "at_risk",
        "PRG-08": "complete",
    }


def test_what_looks_alarming_and_is_not_stays_as_declared() -> None:
    by_key = {row.key: row for row in (*projects(), *risks(), *actions(), *milestones())}
    opportunity, closed = by_key["PR-005"], by_key["PR-006"]
    assert (band(opportunity), opportunity["nature"], project_of(opportunity)) == ("very_high", "opportunity", "VDE-06")
    assert (band(closed), closed["status"], project_of(closed)) == ("very_high", "closed", "SDI-01")
    for action, risk, project, severity in (
        ("A-04", "PR-007", "IPS-01", "medium"),
        ("A-05", "PR-008", "VDE-08", "low"),
    ):
        late = by_key[action]
        assert (late["parent"], project_of(by_key[risk]), band(by_key[risk])) == (risk, project, severity)
        assert late.due is not None
        assert late.due < DAY
    slipped = by_key["MS-02"]
    assert as_day(slipped["original"]) < DAY < slipped.due
    assert by_key["HWI-06"].due == DAY + timedelta(days=7)
    finished = [row for row in projects() if row.is_over]
    assert all(row.due < DAY for row in finished)


# When nothing changes


def test_no_threshold_is_crossed_in_the_seven_days_after_the_day() -> None:
    for row in everything():
        due = row.due
        if row.is_over or due is None:
            continue
        long_gone = due < DAY and not DAY - timedelta(days=28) <= due <= DAY - timedelta(days=22)
        assert long_gone or due == DAY + timedelta(days=7) or due > DAY + timedelta(days=14), (row.key, due)


@pytest.mark.parametrize("days", range(1, 8))
def test_every_project_reads_the_same_on_each_of_the_seven_nights(days: int) -> None:
    today = DAY + timedelta(days=days)
    assert {row.key: computed(row, today) for row in projects()} == {row.key: computed(row, DAY) for row in projects()}


def test_dates_lie_on_both_sides_of_the_day() -> None:
    due = [row.due for row in everything() if not row.is_over and row.due]
    assert sum(day < DAY for day in due) >= 12
    assert sum(day == DAY + timedelta(days=7) for day in due) >= 6
    assert sum(day > DAY + timedelta(days=14) for day in due) >= 60


def test_what_was_reported_was_reported_within_twenty_days() -> None:
    reported = [as_day(row["last_reported"]) for row in projects() if row["last_reported"]]
    assert len(reported) == 24
    assert all(day and DAY - timedelta(days=20) <= day <= DAY for day in reported)


def test_reviews_are_never_in_the_future_nor_before_the_risk_was_raised() -> None:
    for risk in risks():
        reviewed, raised = as_day(risk["last_reviewed"]), as_day(risk["raised"])
        assert raised is not None
        assert reviewed is None or raised <= reviewed <= DAY, risk.key


# The mess, and nothing but the mess


def test_one_open_project_has_no_owner_and_every_other_record_has_one() -> None:
    assert [row.key for row in everything() if "owner" in row.fields and not row["owner"]] == ["IPS-06"]


def test_one_project_has_a_text_for_its_date_and_no_other_project_lacks_one() -> None:
    assert {row.key: row["end"] for row in projects() if row.due is None} == {"SDI-09": "Summer 2027"}
    known = columns(list_of("infrastructure"))
    assert known["field_6"]["type"] == "Text"


def test_one_milestone_has_a_status_word_that_the_portfolio_does_not_know() -> None:
    unknown = [(row.key, name) for row in everything() for name, said in row.fields.items() if said == "unknown"]
    assert unknown == [("MS-17", "status")]
    [row] = [row for row in milestones() if row.key == "MS-17"]
    assert row.item["values"]["Milestone_x0020_status"] == "Waiting on landlord"


def test_two_risks_of_one_register_share_a_reference_and_nothing_else_does() -> None:
    shared = {key: count for key, count in Counter(row.key for row in everything()).items() if count > 1}
    assert shared == {"PR-011": 2}
    assert len([row for row in read("project-risks") if row.key == "PR-011"]) == 2
    assert "PR-011" not in {row["parent"] for row in actions()}


def test_one_action_names_a_risk_that_is_in_no_register_and_every_other_reference_resolves() -> None:
    known_projects, known_risks = ({row.key for row in rows} for rows in (projects(), risks()))
    programmes = {named for row in read("programmes") for named in (row.key, row["title"])}
    assert all(row["programme"] in programmes for row in projects())
    assert all(project_of(row) in known_projects for row in milestones())
    assert all(project_of(row) in known_projects for row in risks() if project_of(row))
    assert [(row.key, row["parent"]) for row in actions() if row["parent"] not in known_risks] == [("A-15", "TDA-19")]


def test_one_risk_is_confidential_and_makes_its_project_read_worse() -> None:
    assert [(row.key, project_of(row)) for row in risks() if row["confidential"]] == [("PR-002", "SDI-08")]


def test_no_project_ends_before_it_starts() -> None:
    for row in projects():
        start = as_day(row["start"])
        assert start is None or row.due is None or start < row.due, row.key
