"""The way to a real site works: proved against an embedded one that is reached, and signed in to, as a real one is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.emulator.roles import Role
from connectors.emulator.rules.throttle import Mode, Throttle
from sync.core.columns import PersonCell
from sync.core.ownership import WriteMode
from sync.engine.ports import Applied, ItemWrite, Unknown
from tests.live.comparison import answers, differences
from tests.live.test_first_questions import scratch_on_an_emulator
from tests.support.entra import ANN, BO, SITE, RunningTenant, running_tenant
from tests.support.liststore_live import live_bench
from tests.support.live import AUTH, PEOPLE, REPORT, live_site
from tests.support.live import SITE as LIVE


@pytest.fixture
def tenant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningTenant]:
    """A tenant whose application may make lists at one site, and the environment that names that site."""
    with running_tenant(connection="live") as running:
        running.tenant.grant(running.app_id, SITE, Role.MANAGE)
        running.service.throttle = Throttle(Mode.OFF)
        for line in running.files.settings.read_text(encoding="utf-8").splitlines():
            name, equals, value = line.partition("=")
            if equals:
                monkeypatch.setenv(name, value.strip("'"))
        monkeypatch.setenv(LIVE, f"{running.base_url}{SITE}")
        monkeypatch.setenv(PEOPLE, f"{ANN}, {BO}")
        monkeypatch.setenv(REPORT, str(tmp_path / "report.md"))
        yield running


def test_without_a_site_in_the_environment_nothing_is_asked() -> None:
    assert live_site({}) is None


def test_an_unknown_way_of_signing_in_is_refused() -> None:
    with pytest.raises(ValueError, match="password"):
        live_site({LIVE: "https://contoso.sharepoint.com/sites/scratch", AUTH: "password"})


def test_a_site_behind_real_sign_in_answers_every_question_alike(tenant: RunningTenant) -> None:
    site = live_site()
    assert site is not None
    with scratch_on_an_emulator() as scratch:
        here = answers(scratch)
    lists = {owner.title for owner in tenant.world.site(SITE).lists.values()}
    assert differences(answers(site.scratch()), here) == []
    assert {owner.title for owner in tenant.world.site(SITE).lists.values()} == lists, "only what was made is removed"


def test_the_list_of_the_promises_is_made_on_the_site_and_taken_away_again(tenant: RunningTenant) -> None:
    before = set(tenant.world.site(SITE).lists)
    with live_bench() as held:
        source = held.source(WriteMode.QUIET)
        schema = held.store.describe(source)
        rows = {row.item_id: row for page in held.store.read(source, schema, ["Title", "Lead"]) for row in page}
        assert sorted(rows) == [1, 2, 4, 5, 6]
        lead = rows[1].cells["Lead"]
        assert isinstance(lead, PersonCell)
        assert (lead.name, lead.login) == (held.people[0].name, held.people[0].login)
        (outcome,) = held.store.apply(source, schema, [ItemWrite(4, rows[4].version, {"PSStatus": "At risk"})])
        assert isinstance(outcome, Applied)
        held.lose_answer(5, done=True)
        (outcome,) = held.store.apply(source, schema, [ItemWrite(5, rows[5].version, {"PSStatus": "At risk"})])
        assert isinstance(outcome, Unknown)
        assert held.projects.read(5)["PSStatus"] == "At risk"
    assert set(tenant.world.site(SITE).lists) == before
