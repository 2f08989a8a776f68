"""What is kept about a person is found by number, name and login; forgetting them leaves a number and no name."""

import getpass
from datetime import UTC, date, datetime, timedelta

import pytest

from sync.core.audit import Act, Entry
from sync.engine import account, subject
from sync.engine.state import KnownPerson, RunMode, RunStart
from sync.errors import NotFoundError
from sync.store.memory import MemoryRunStore
from tests.support.fake_clock import FakeClock

AT = datetime(2026, 6, 17, 1, 17, tzinfo=UTC)
SITE = "https://contoso.example/sites/demo"


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> MemoryRunStore:
    """Ann edits lists, the operator approves, and a report names Ann."""
    monkeypatch.setattr(getpass, "getuser", lambda: "operator")
    made = MemoryRunStore()
    ann = made.audit.person(SITE, "i:0#.f|membership|ann@contoso.example", "Ann Hughes")
    operator = account.this_account(made.audit)
    made.audit.append(
        [
            Entry(at=AT, act=Act.APPROVED, person=operator),
            Entry(at=AT + timedelta(hours=1), act=Act.DRIFT, person=ann),
            Entry(at=AT + timedelta(hours=2), act=Act.DRIFT, person=ann),
            Entry(at=AT + timedelta(hours=3), act=Act.WRITTEN),
        ]
    )
    made.begin(RunStart("r1", RunMode.RECONCILE, AT, date(2026, 6, 17)))
    made.finish("r1", AT, "done", {"findings": [{"text": "P-1: Status was changed by Ann Hughes; operator error."}]})
    return made


@pytest.mark.parametrize("wanted", ["1", "ann", "hughes ANN", "ann@contoso", "membership|ann"])
def test_a_person_is_found_with_everything_that_is_kept(runs: MemoryRunStore, wanted: str) -> None:
    (found,) = subject.find(runs, wanted).subjects
    assert (found.person.number, found.person.name) == (1, "Ann Hughes")
    assert (found.entries, found.approvals) == (2, 0)
    assert (found.first, found.last) == (AT + timedelta(hours=1), AT + timedelta(hours=2))
    assert list(found.mentions) == ["report of run r1"]


def test_an_account_is_found_and_its_name_is_not_looked_for_in_lists(runs: MemoryRunStore) -> None:
    (found,) = subject.find(runs, "operator").subjects
    assert (found.person.scope, found.entries, found.approvals, list(found.mentions)) == ("account", 1, 1, [])


@pytest.mark.parametrize("wanted", ["", "  ", "99", "nobody"])
def test_nobody_is_found_by_nothing(runs: MemoryRunStore, wanted: str) -> None:
    assert subject.find(runs, wanted) == subject.Found((), ())


def test_a_name_is_found_where_it_stands_also_of_one_who_has_no_number(runs: MemoryRunStore) -> None:
    assert subject.find(runs, "operator error") == subject.Found((), ("report of run r1",))


def test_of_one_who_did_nothing_only_the_name_is_kept(runs: MemoryRunStore) -> None:
    runs.audit.person(SITE, "12", None)
    (found,) = subject.find(runs, "3").subjects
    assert subject.find(runs, "12").subjects == (found,), "by the number of the account at that site"
    assert (found.entries, found.first, found.last, list(found.mentions)) == (0, None, None, [])


def test_erasing_forgets_who_a_number_is_and_says_so_by_number(runs: MemoryRunStore) -> None:
    erased = subject.erase(runs, 1, FakeClock())
    assert (erased.number, erased.redacted, list(erased.left), erased.warnings) == (1, 1, [], ())
    assert [person.number for person in runs.audit.people()] == [2]
    report = runs.report("r1")
    assert report is not None
    assert report["findings"] == [{"text": "P-1: Status was changed by (erased); operator error."}]
    entries = [link.entry for link in runs.audit.links()]
    assert [entry.person for entry in entries] == [2, 1, 1, None, 1]
    assert (entries[-1].act, entries[-1].why) == (Act.ERASED, "by 2; texts redacted: 1")
    assert "Ann" not in str(entries)
    assert subject.find(runs, "Ann Hughes") == subject.Found((), ())
    with pytest.raises(NotFoundError, match="Nobody has the number 1"):
        subject.erase(runs, 1, FakeClock())


def test_an_accounts_name_which_may_be_a_common_word_is_not_taken_out_of_texts(runs: MemoryRunStore) -> None:
    assert subject.erase(runs, 2, FakeClock()).redacted == 0
    report = runs.report("r1")
    assert report is not None
    assert "operator error" in report["findings"][0]["text"]
    assert KnownPerson(2, "account", "operator", "operator") not in runs.audit.people()


def test_a_machine_that_knows_no_account_still_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    runs = MemoryRunStore()
    assert account.this_account(runs.audit) == 1
    assert runs.audit.people() == (KnownPerson(1, "account", "unknown", "unknown"),)
