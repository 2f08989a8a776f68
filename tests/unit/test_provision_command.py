"""`provision` on the command line: shown first, done once somebody agrees, and told in words and as JSON."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from json import loads
from pathlib import Path
from typing import Any

import pytest
import typer

from sync.cli.main import run
from sync.core.provisioning.shape import Rights
from sync.errors import ExitCode
from tests.support.provisioned import OWN_LISTS, SOURCES, Site, site, source
from tests.support.provisioning import SITE


class Desk:
    """Somebody at the command line of one council: `says` is what they answer where they are asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], council: Site) -> None:
        self.council = council
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.asked: list[str] = []
        monkeypatch.setattr("sync.wiring.open_run", self._opened)

    @contextmanager
    def _opened(self, _portfolio: Path | None, **_more: Any) -> Iterator[Any]:
        yield self.council.context

    def types(self, *arguments: str) -> tuple[int, str, str]:
        code = run(["provision", *arguments])
        out, err = self._capsys.readouterr()
        return code, " ".join(out.split()), " ".join(err.split())

    def sits_there(self, *, agrees: bool, readers: str = "later") -> None:
        for stream in (sys.stdin, sys.stdout):
            self._monkeypatch.setattr(stream, "isatty", lambda: True)
        self._monkeypatch.setattr(typer, "confirm", lambda question, **_: self.asked.append(question) or agrees)
        self._monkeypatch.setattr(typer, "prompt", lambda question, **_: self.asked.append(question) or readers)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(monkeypatch, capsys, site())


def test_a_dry_run_shows_every_step_and_does_none(desk: Desk) -> None:
    code, out, _ = desk.types("--dry-run")
    assert code == ExitCode.DONE
    assert "projects: list 'Projects' at /sites/pmo" in out
    assert "make column PSOverdue 'Overdue?': a choice of 5, formatted, indexed, not in forms" in out
    assert "make view 'Overdue'" in out
    assert "make list 'Portfolio roll-up' at Lists/PortfolioRollUp" in out
    assert desk.council.admin.changes == []
    assert desk.types("--dry-run", "--detailed-exitcode")[0] == ExitCode.PENDING


def test_without_a_word_nothing_is_done(desk: Desk) -> None:
    code, out, err = desk.types()
    assert (code, "make column PSOverdue" in out) == (ExitCode.APPROVAL, True)
    assert "it needs --yes" in err
    assert desk.council.admin.changes == []


def test_yes_does_it_and_names_the_next_command(desk: Desk) -> None:
    code, out, _ = desk.types("--yes", "-c", "portfolio.yaml")
    assert code == ExitCode.DONE
    assert "things were made or changed, on record as 2026" in out
    assert out.endswith("plan -c portfolio.yaml")
    code, out, _ = desk.types()
    assert code == ExitCode.DONE
    assert "Everything is there: projects, actions, " in out
    assert "Next:" not in out


@pytest.mark.parametrize("agrees", [True, False])
def test_somebody_at_the_terminal_is_asked_once(desk: Desk, *, agrees: bool) -> None:
    desk.sits_there(agrees=agrees)
    code, _, _ = desk.types("--source", "actions")
    assert code == (ExitCode.DONE if agrees else ExitCode.APPROVAL)
    assert bool(desk.council.admin.changes) is agrees
    (question,) = desk.asked
    assert question.startswith("Take these ")


@pytest.mark.parametrize(("readers", "made"), [("owners", True), ("later", False)])
def test_who_may_read_the_roll_up_is_asked_with_what_it_would_show(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], readers: str, *, made: bool
) -> None:
    sources = (SOURCES[0], source("hr", "Actions", restricted=True))
    desk = Desk(monkeypatch, capsys, site(*sources, own_lists=replace(OWN_LISTS, rollup_readers=None)))
    desk.sits_there(agrees=True, readers=readers)
    code, out, _ = desk.types()
    assert code == ExitCode.DONE
    assert desk.asked[0].startswith("Who may read it")
    assert "hr is restricted." in out
    assert ("Portfolio roll-up" in desk.council.lists()) is made


def test_a_roll_up_that_nobody_spoke_for_is_not_made_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(monkeypatch, capsys, site(own_lists=replace(OWN_LISTS, rollup_readers=None)))
    code, out, _ = desk.types("--yes")
    assert code == ExitCode.DONE
    assert "nobody has said who may read it" in out
    assert "Portfolio roll-up" not in desk.council.lists()
    assert desk.types("--yes", "--rollup-readers", "owners")[0] == ExitCode.DONE
    assert "Portfolio roll-up" in desk.council.lists()


def test_without_the_right_it_refuses_with_the_one_permission_and_a_dry_run_only_says_so(desk: Desk) -> None:
    desk.council.admin.site_rights[SITE] = Rights(manage=False)
    code, _, err = desk.types("--yes")
    assert (code, "has not the role `manage`" in err) == (ExitCode.ACCESS, True)
    code, _, err = desk.types("--dry-run")
    assert (code, "has not the role `manage`" in err) == (ExitCode.DONE, True)
    assert desk.council.admin.changes == []


def test_what_was_made_is_shown_before_it_goes_and_then_it_is_gone(desk: Desk) -> None:
    before = desk.council.lists()
    desk.types("--yes")
    desk.council.admin.filled["PSOverdue"] = 47
    code, out, _ = desk.types("--remove", "--dry-run")
    assert code == ExitCode.DONE
    assert "take away column PSOverdue 'Overdue?', with what 47 items hold in it" in out
    assert "give column PSOverdue 'PSOverdue' back the" in out
    assert "take away list 'Portfolio roll-up' with 0 items" in out
    assert desk.types("--remove")[0] == ExitCode.APPROVAL
    code, out, _ = desk.types("--remove", "--yes")
    assert (code, desk.council.lists()) == (ExitCode.DONE, before)
    assert "taken away or given back" in out
    assert "before the next nightly run" in out


def test_where_nothing_was_made_it_says_that_there_is_nothing_to_take_away(desk: Desk) -> None:
    code, out, _ = desk.types("--remove", "--yes")
    assert (code, out) == (
        ExitCode.DONE,
        "There is nothing to take away: nothing that `provision` made is on record here.",
    )


def test_what_is_gone_is_forgotten_without_a_question(desk: Desk) -> None:
    desk.types("--yes")
    desk.council.admin.lists.clear()
    code, out, _ = desk.types("--remove")
    assert (code, desk.council.made) == (ExitCode.DONE, [])
    assert "it is gone already" in out


def test_a_list_that_fails_is_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(monkeypatch, capsys, site(SOURCES[0], source("lost", "Nowhere"), own_lists=None))
    code, out, _ = desk.types("--yes")
    assert code == ExitCode.PARTIAL
    assert "Site /sites/pmo has no list 'Nowhere'." in out
    assert "lost: 0 of 0 steps done" in out


def test_a_blank_list_is_made_with_the_part_of_the_file_that_reads_it(desk: Desk) -> None:
    options = ("--template", "risk-register", "--site", SITE, "--title", "Risks of ICT")
    code, out, _ = desk.types(*options, "--yes")
    assert code == ExitCode.DONE
    assert "Risks of ICT" in desk.council.lists()
    assert 'list: {url: "Lists/RisksOfICT"}' in out


@pytest.mark.parametrize(
    "options",
    [
        ("--site", SITE),
        ("--template", "risk-register", "--site", SITE),
        ("--template", "risk-register", "--site", SITE, "--title", "T", "--remove"),
        ("--template", "risk-register", "--site", SITE, "--title", "T", "--source", "projects"),
        ("--remove", "--rollup-readers", "site"),
        ("--rollup-readers", "owners"),
        ("--source", "elsewhere"),
    ],
)
def test_options_that_make_no_sense_together_are_a_mistake(desk: Desk, options: tuple[str, ...]) -> None:
    assert desk.types(*options)[0] == ExitCode.USAGE
    assert desk.council.admin.changes == []


def test_json_is_one_document_before_and_after(desk: Desk) -> None:
    code = run(["provision", "--json"])
    assert code == ExitCode.APPROVAL
    waiting = loads(desk._capsys.readouterr().out)
    assert (waiting["schema"], waiting["mode"], waiting["dry_run"], waiting["run"]) == (1, "provision", False, None)
    first = waiting["lists"][0]
    assert (first["name"], first["list"], first["error"]) == ("projects", "Projects", None)
    assert first["steps"][0] == {
        "do": "make_column",
        "name": "PSOverdue",
        "text": "make column PSOverdue 'Overdue?': a choice of 5, formatted, indexed, not in forms",
        "done": False,
    }
    assert waiting["planned"] == sum(len(each["steps"]) for each in waiting["lists"])
    assert run(["provision", "--json", "--yes"]) == ExitCode.DONE
    done = loads(desk._capsys.readouterr().out)
    assert all(step["done"] for each in done["lists"] for step in each["steps"])
    assert {step["do"] for each in done["lists"] for step in each["steps"]} == {
        "make_list",
        "make_column",
        "make_view",
        "dress_column",
    }
    assert done["run"].startswith("2026")
    assert run(["provision", "--json", "--remove", "--dry-run"]) == ExitCode.DONE
    kinds = {step["do"] for each in loads(desk._capsys.readouterr().out)["lists"] for step in each["steps"]}
    assert kinds == {"remove_view", "remove_column", "remove_list", "restore_column"}
    desk.council.admin.site_rights[SITE] = Rights(manage=False)
    run(["provision", "--json", "--remove", "--dry-run"])
    assert loads(desk._capsys.readouterr().out)["denied"][0]["code"] == ExitCode.ACCESS
