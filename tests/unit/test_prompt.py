"""What a person at a terminal is asked, and that nothing is taken for approved that nobody was asked about."""

from json import dumps
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
from rich.table import Table

from sync.cli import consent
from sync.cli.terminal import Bars, show, tell
from sync.core.approval import Consent, Level, approves
from sync.core.ownership import OwnedField
from sync.core.plan import Guard, Plan, PlannedWrite, Refusal
from sync.core.plan_file import document
from sync.core.snapshot import RecordId
from tests.support.fake_clock import FakeClock
from tests.support.lists import TODAY

WRITE = PlannedWrite(
    source="projects",
    id=RecordId("https://contoso.example", "list", 1),
    key="P-1",
    version="1",
    set={OwnedField.STATUS: "At risk"},
    was={OwnedField.STATUS: None},
    why=("Because.",),
)
NEW_RULES = Refusal("projects", Guard.POLICY_CHANGED, "The rules changed.", "Asked.", "Run `reconcile --yes`.", True)
PUZZLING = Refusal("projects", Guard.UNEXPLAINED_WRITES, "Much would change.", "30 %.", "Look.", True)


class Person:
    """Answers every question alike, and remembers what was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, answer: bool) -> None:
        self.asked: list[str] = []
        self._answer = answer
        terminal = SimpleNamespace(isatty=lambda: True)
        monkeypatch.setattr(consent, "sys", SimpleNamespace(stdin=terminal, stdout=terminal))
        monkeypatch.setattr(typer, "confirm", self._confirm)

    def says_to(self, *refusals: Refusal, writes: tuple[PlannedWrite, ...] = (), file: Path | None = None) -> Consent:
        ask = consent.approver(Bars(None), command="reconcile", yes=False, json=False, file=file)
        return ask(Plan(writes, refusals, (), "policy"))

    def _confirm(self, question: str, *, default: bool) -> bool:
        assert not default
        self.asked.append(question)
        return self._answer


@pytest.mark.parametrize("answer", [True, False])
def test_new_rules_that_write_nothing_are_approved_only_by_an_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, answer: bool
) -> None:
    person = Person(monkeypatch, answer=answer)
    said = person.says_to(NEW_RULES)
    assert person.asked == ["Approve this? Nothing is written now."]
    assert approves(Plan((), (NEW_RULES,), (), "policy"), said) is answer
    shown = capsys.readouterr().out
    assert "A yes approves: projects. The rules changed." in shown
    assert "reconcile --yes" not in shown


def test_nobody_is_asked_about_nothing_or_about_what_an_answer_does_not_lift(monkeypatch: pytest.MonkeyPatch) -> None:
    person = Person(monkeypatch, answer=True)
    for said in (person.says_to(), person.says_to(PUZZLING, writes=(WRITE,))):
        assert said == Consent(write=True)
    assert not person.asked


def test_a_no_to_writes_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    person = Person(monkeypatch, answer=False)
    assert person.says_to(NEW_RULES, writes=(WRITE,)) == Consent.nothing()
    assert person.asked == ["Write this item?"]


def test_what_a_reviewed_plan_does_not_hold_is_shown_with_what_holds_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file, person = tmp_path / "plan.json", Person(monkeypatch, answer=True)
    nothing = document(Plan((), (), (), "policy"), portfolio="Council", made=FakeClock().now(), today=TODAY)
    file.write_text(dumps(nothing), encoding="utf-8")
    said = person.says_to(NEW_RULES, writes=(WRITE,), file=file)
    assert person.asked == ["Write what is new or has moved as well?"]
    assert "A yes approves: projects. The rules changed." in capsys.readouterr().out
    assert said.level is Level.YES


def test_words_of_staffs_are_shown_and_do_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("Ref", "Title")
    table.add_row("P-1", "Evil\x1b]0;owned\x07\x1b[2J \u202eelttil")
    show(table, "also \x1b[31mhere")
    tell("and \x1b[31mhere")
    said = capsys.readouterr()
    assert "Evil]0;owned[2J elttil" in said.out
    assert "also [31mhere" in said.out
    assert said.err == "and [31mhere\n"
    assert not {"\x1b", "\x07", "\u202e"} & set(said.out)


@pytest.mark.parametrize(
    ("writes", "told"),
    [((WRITE,), "Look through the plan, then approve it by this digest."), ((), "nothing is left to write.")],
)
def test_another_plan_than_the_approved_one_is_to_be_looked_through_only_where_it_writes(
    capsys: pytest.CaptureFixture[str], writes: tuple[PlannedWrite, ...], told: str
) -> None:
    ask = consent.approver(Bars(None), command="reconcile", yes=False, json=False, approve="3f9a1c0b7d52")
    assert ask(Plan(writes, (), (), "policy")) == Consent.nothing()
    err = capsys.readouterr().err
    assert "The plan is no longer the one that was approved" in err
    assert err.endswith(f"{told}\n")
