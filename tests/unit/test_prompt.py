"""What a person at a terminal is asked, and that nothing is taken for approved that nobody was asked about."""

from types import SimpleNamespace

import pytest
import typer

from sync.cli import consent
from sync.cli.terminal import Bars
from sync.core.approval import Consent, approves
from sync.core.ownership import OwnedField
from sync.core.plan import Guard, Plan, PlannedWrite, Refusal
from sync.core.snapshot import RecordId

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

    def says_to(self, *refusals: Refusal, writes: tuple[PlannedWrite, ...] = ()) -> Consent:
        ask = consent.approver(Bars(None), command="reconcile", yes=False, json=False)
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
