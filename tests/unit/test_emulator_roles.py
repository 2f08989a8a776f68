"""Roles that a world document, the terms and the control plane give, for applications and for people."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from connectors.emulator.authority import tokens
from connectors.emulator.authority.access import Entra
from connectors.emulator.authority.assertions import CERTIFICATE, PUBLIC
from connectors.emulator.authority.directory import Tenant
from connectors.emulator.authority.tokens import Subject
from connectors.emulator.control.desk import Asked, AskedWrongly, Desk, set_role
from connectors.emulator.hosting import Auth, Hosted, Terms, hosted
from connectors.emulator.roles import Role
from connectors.emulator.snapshots import Snapshots
from connectors.emulator.state.document import WorldError
from connectors.emulator.state.loading import load_world
from connectors.emulator.wire.calls import Caller, Request
from tests.support.control import directed
from tests.support.entra import ANN, BO, DOCUMENT, SITE

OTHER = "/sites/other"
APP = ""


def document(roles: Mapping[str, Any]) -> dict[str, Any]:
    """The usual world; its first site gives these roles, its second says nothing."""
    first, second = DOCUMENT["sites"]
    return {"sites": [{**first, "roles": roles}, second]}


def tenant_of(served: Hosted) -> Tenant:
    assert served.tenant is not None
    return served.tenant


def role(served: Hosted, who: str, site: str = SITE) -> Role:
    """What the application, or a person, may do with a token that is given now."""
    entra, now = served.service.access, served.service.world.instant()
    assert isinstance(entra, Entra)
    tenant, world = entra.tenant, served.service.world
    person = next((each for each in world.directory() if who and each.answers_to(who)), None)
    app = tenant.apps[tenant.app.id if person is None else tenant.desktop.id]
    permissions = app.permissions if person is None else app.delegated
    subject = Subject(app.id, CERTIFICATE if person is None else PUBLIC, permissions, person=person)
    stated = tokens.issue(tenant, subject, served.server.base_url, now)
    return entra.role(entra.caller(_request(stated.token), now), world.site(site))


def _request(token: str) -> Request:
    return Request("GET", "/", "/", "", {"authorization": f"Bearer {token}"}, b"", "http://tenant.example")


@pytest.mark.parametrize(
    ("given", "permission"),
    [
        (Role.NONE, "AllSites.Read"),
        (Role.READ, "AllSites.Read"),
        (Role.WRITE, "AllSites.Write"),
        (Role.MANAGE, "AllSites.Manage"),
        (Role.FULLCONTROL, "AllSites.FullControl"),
    ],
)
def test_the_role_of_the_terms_is_everybodys_where_no_site_says_otherwise(given: Role, permission: str) -> None:
    with hosted(DOCUMENT, Terms(auth=Auth.ENTRA, role=given)) as served:
        assert {role(served, who, site) for who in (APP, ANN, BO) for site in (SITE, OTHER)} == {given}
        assert tenant_of(served).apps[tenant_of(served).desktop.id].delegated == (permission,)


def test_a_site_says_who_may_do_what_there_and_nowhere_else() -> None:
    roles = {"app": "write", "i:0#.f|membership|ann@example.org": "manage", "BO@example.org": "none"}
    with hosted(document(roles), Terms(auth=Auth.ENTRA, role=Role.READ)) as served:
        assert [role(served, who) for who in (APP, ANN, BO)] == [Role.WRITE, Role.MANAGE, Role.NONE]
        assert [role(served, who, OTHER) for who in (APP, ANN, BO)] == [Role.READ] * 3


def test_what_a_site_says_of_the_application_holds_for_machines_and_for_no_other_application() -> None:
    with hosted(document({"app": "manage"}), Terms(auth=Auth.ENTRA, role=Role.READ)) as served:
        tenant, site = tenant_of(served), served.service.world.site(SITE)
        known = {tenant.app.id, tenant.identity.client_id, tenant.assigned.client_id}
        for client in (*known, "22222222-2222-3333-4444-555555555555"):
            caller = Caller(client, None, ("Sites.Selected",))
            assert served.service.access.role(caller, site) is (Role.MANAGE if client in known else Role.NONE)


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        ({"anne@example.org": "read"}, "sites[0].roles names 'anne@example.org', whom no site knows; did you mean"),
        (
            {"app": "wriet"},
            "sites[0].roles.app is 'wriet', which is not one of none, read, write, manage, fullcontrol.",
        ),
        ({"app": 2}, "sites[0].roles.app must be string, not int"),
        (["app"], "sites[0].roles must be object, not list"),
    ],
)
def test_roles_of_nobody_and_roles_that_are_none_are_told(roles: Any, said: str) -> None:
    with pytest.raises(WorldError) as caught:
        load_world(document(roles))
    assert said in str(caught.value)


def desk(served: Hosted) -> Desk:
    _, clock = directed(DOCUMENT)
    return Desk(served.service, clock, Snapshots(served.service))


def test_roles_can_be_changed_while_it_runs_and_a_snapshot_brings_them_back() -> None:
    with hosted(document({BO: "read"}), Terms(auth=Auth.ENTRA)) as served:
        directing = desk(served)
        answer = set_role(directing, Asked({}, {}, {"site": SITE, "who": ANN, "role": "manage"}))
        assert answer == {"site": SITE, "roles": {BO: "read", ANN: "manage"}}
        assert role(served, ANN) is Role.MANAGE
        set_role(directing, Asked({}, {}, {"site": SITE, "who": "app", "role": "none"}))
        assert [role(served, who) for who in (APP, BO)] == [Role.NONE, Role.READ]
        assert role(served, APP, OTHER) is Role.WRITE
        directing.snapshots.reset()
        assert [role(served, who) for who in (APP, ANN, BO)] == [Role.WRITE, Role.WRITE, Role.READ]


def test_a_role_that_a_snapshot_brings_back_is_as_good_as_before() -> None:
    with hosted(document({ANN: "manage"}), Terms(auth=Auth.ENTRA)) as served:
        directing = desk(served)
        set_role(directing, Asked({}, {}, {"site": SITE, "who": ANN, "role": "none"}))
        assert role(served, ANN) is Role.NONE
        directing.snapshots.reset()
        assert role(served, ANN) is Role.MANAGE


def test_a_role_is_given_at_one_site_to_somebody_who_is_known() -> None:
    with hosted(DOCUMENT, Terms(auth=Auth.ENTRA)) as served:
        for site in (None, "/sites/othr"):
            with pytest.raises(AskedWrongly, match="which is no site; "):
                set_role(desk(served), Asked({}, {}, {"site": site, "who": ANN, "role": "read"} if site else
                                             {"who": ANN, "role": "read"}))  # fmt: skip
        with pytest.raises(WorldError, match="whom no site knows"):
            set_role(desk(served), Asked({}, {}, {"site": SITE, "who": "nobody@example.org", "role": "read"}))


def test_a_world_that_is_kept_keeps_its_roles(tmp_path: Path) -> None:
    terms = Terms(auth=Auth.ENTRA, store=tmp_path / "world.sqlite")
    with hosted(document({"app": "read"}), terms) as served:
        served.keep()
        set_role(desk(served), Asked({}, {}, {"site": SITE, "who": ANN, "role": "manage"}))
        served.keep()
    with hosted(DOCUMENT, terms) as again:
        assert [role(again, who) for who in (APP, ANN, BO)] == [Role.READ, Role.MANAGE, Role.WRITE]
