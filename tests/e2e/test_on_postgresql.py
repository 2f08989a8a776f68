"""The nightly job with its memory on a PostgreSQL server, by commands as people run them."""

from pathlib import Path
from typing import Any

from sync.errors import ExitCode
from sync.store.location import parse_url
from tests.support import council, rest
from tests.support.cli import Result, portfolio_sync
from tests.support.databases import new_database
from tests.support.emulator import running_emulator, this_moment

LISTS = ("Alpha projects", "Beta projects", "Milestones")


def test_a_second_run_writes_nothing_and_the_server_alone_remembers_the_first(tmp_path: Path) -> None:
    with (
        running_emulator(council.world(), clock=this_moment) as emulator,
        new_database("postgresql", tmp_path) as address,
    ):
        file = council.portfolio(tmp_path, emulator.base_url)

        def command(*words: str) -> Result:
            done = portfolio_sync(
                *words, "-c", str(file), "--json", state=tmp_path, PORTFOLIO_SYNC_DATABASE_URL=address
            )
            assert done.code == 0, done.err
            return done

        def items() -> list[dict[int, dict[str, Any]]]:
            return [rest.items(emulator.base_url + council.SITE, title) for title in LISTS]

        before = items()
        first = command("reconcile", "--today", council.DAY, "--yes").document
        assert first["writes"]["applied"] == len(first["plan"]["writes"]) == 7, "every item of the three lists"
        assert items() != before

        written = items()
        second = command("reconcile", "--today", council.DAY, "--yes").document
        assert (second["plan"]["writes"], second["writes"]["applied"]) == ([], 0)
        assert second["plan"]["refusals"] == [], "the approval of the first run is remembered"
        assert items() == written

        listed = command("runs", "list").document["runs"]
        assert [run["id"] for run in listed] == [second["run"]["id"], first["run"]["id"]]
        assert command("runs", "show", first["run"]["id"]).document == first
        assert list(tmp_path.rglob("*.sqlite")) == []


def test_no_output_repeats_the_password_of_the_server(tmp_path: Path) -> None:
    with (
        running_emulator(council.world(), clock=this_moment) as emulator,
        new_database("postgresql", tmp_path) as address,
    ):
        file = council.portfolio(tmp_path, emulator.base_url)
        right = parse_url(address)
        for url, code in ((right, ExitCode.APPROVAL), (right.set(password="hunter2"), ExitCode.CONFIGURATION)):
            setting = url.render_as_string(hide_password=False)
            result = portfolio_sync("reconcile", "-c", str(file), state=tmp_path, PORTFOLIO_SYNC_DATABASE_URL=setting)
            assert result.code == code, result.err
            assert str(url.password) not in result.out + result.err
