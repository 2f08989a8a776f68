"""`demo --keep`: a newcomer edits a list as staff would, reconciles, and sees the flag move."""

import re
import signal
from pathlib import Path

import pytest
import requests

from tests.support.cli import PATIENCE
from tests.support.demo import kept_demo
from tests.support.forms import Page, over_http


def row(page: Page, title: str) -> dict[str, str]:
    """A row of the list by its column headings."""
    head, *rows = page.rows
    names = [re.sub(r"( [▲▼])?, sort.*", "", text) for text in head]
    return next(dict(zip(names, each, strict=True)) for each in rows if each[0] == title)


def test_the_flag_of_an_item_moves_after_the_printed_steps(tmp_path: Path) -> None:
    with kept_demo(tmp_path) as demo, requests.Session() as session:
        session.trust_env = False
        visitor = over_http(session, demo.base_url)
        title, column, due = re.search(r"Edit “(.*)”: set its (.*) to (.*), and save", demo.steps).groups()
        address = demo.page.removeprefix(demo.base_url)
        before = row(visitor.get(address), title)
        form = visitor.get(visitor.get(address).links[f"Edit {title}"])
        form.form.fill(column, "2026-06-03")
        assert "Your change was saved." in visitor.submit(form).words
        edited = row(visitor.get(address), title)
        reconciled = demo.reconcile()
        after = row(visitor.get(address), title)
    assert due == "3 June 2026"
    assert (before["Overdue"], before[column], before["Overdue since"]) == ("On time", "30 September 2026", "")
    assert edited == before | {column: due, "Modified": edited["Modified"], "Modified By": "Amara Whitlock"}
    assert reconciled.code == 0, reconciled.err
    assert (after["Overdue"], after["Overdue since"].partition(" · ")[0]) == ("Overdue", due)
    assert after["Why"] == f"At risk: its end date was {due}."
    ours = {"Overdue", "Overdue since", "Why", "Roll-up status", "Please check", "Last written by"}
    assert {name for name in after if after[name] != edited[name]} <= ours, "the quiet write left staff's columns alone"


def test_nothing_moves_before_somebody_reconciles_and_only_that_item_does_then(tmp_path: Path) -> None:
    with kept_demo(tmp_path) as demo, requests.Session() as session:
        session.trust_env = False
        visitor = over_http(session, demo.base_url)
        address = demo.page.removeprefix(demo.base_url)
        before = visitor.get(address).rows
        again = demo.reconcile()
        assert again.code == 0, again.err
        assert visitor.get(address).rows == before, "a run after the demo's own has nothing to write"


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_ending_it_removes_its_files(sent: signal.Signals, tmp_path: Path) -> None:
    with kept_demo(tmp_path) as demo:
        folder = demo.folder
        assert (folder / "state.sqlite").is_file()
        demo.process.send_signal(sent)
        told, rest = demo.process.communicate(timeout=PATIENCE)
    assert (demo.process.returncode, rest) == (0, "Ended.\n")
    assert "What now" not in told, "what to do next stands among the steps"
    assert not folder.exists()
