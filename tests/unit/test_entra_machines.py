"""Managed identities: the two endpoints of Azure that a machine asks for its token."""

from collections.abc import Iterator, Mapping

import httpx
import pytest

from tests.support.entra_desk import ORIGIN, Desk, claims_of, opened_desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    with opened_desk() as opened:
        yield opened


# Managed identities


def imds(desk: Desk, headers: Mapping[str, str] | None = None, /, **changed: str) -> httpx.Response:
    query = {"api-version": "2018-02-01", "resource": ORIGIN} | changed
    given = {name: value for name, value in query.items() if value}
    sent = {"Metadata": "true"} if headers is None else dict(headers)
    return desk.http.get("/metadata/identity/oauth2/token", params=given, headers=sent)


def app_service(desk: Desk, header: str | None = None, /, **changed: str) -> httpx.Response:
    query = {"api-version": "2019-08-01", "resource": f"{ORIGIN}/"} | changed
    given = {name: value for name, value in query.items() if value}
    sent = {"X-IDENTITY-HEADER": desk.tenant.identity_header if header is None else header}
    return desk.http.get("/msi/token", params=given, headers=sent)


def test_a_machine_gets_a_token_of_its_own_identity_or_of_one_it_was_given(desk: Desk) -> None:
    own, given = desk.tenant.identity, desk.tenant.assigned
    for ask in (imds, app_service):
        assert claims_of(ask(desk).json()["access_token"])["appid"] == own.client_id
        for name, value in (
            ("client_id", given.client_id),
            ("object_id", given.object_id),
            ("mi_res_id", given.resource_id),
        ):
            answer = ask(desk, **{name: value}).json()
            stated = claims_of(answer["access_token"])
            assert (stated["appid"], stated["idtyp"], stated["roles"]) == (given.client_id, "app", ["Sites.Selected"])
            assert (stated["appidacr"], stated["xms_mirid"], stated["oid"]) == ("2", given.resource_id, given.object_id)
            assert (stated["aud"], answer["client_id"], answer["token_type"]) == (ORIGIN, given.client_id, "Bearer")


def test_a_machine_is_told_how_long_a_token_is_good_by_its_own_clock(desk: Desk) -> None:
    for ask in (imds, app_service):
        answer = ask(desk).json()
        stated = claims_of(answer["access_token"])
        life = stated["exp"] - stated["iat"]
        assert int(answer["expires_on"]) == int(desk.machine().timestamp()) + life
        assert answer.get("expires_in", str(life)) == str(life)


def test_the_metadata_service_answers_only_what_a_process_meant_to_ask(desk: Desk) -> None:
    for headers in ({}, {"Metadata": "false"}, {"Metadata": "true", "X-Forwarded-For": "10.0.0.1"}):
        answer = imds(desk, headers)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert imds(desk, **{"api-version": "2017-01-01"}).status_code == 400
    assert imds(desk, resource="").status_code == 400
    assert imds(desk, client_id="unknown").json()["error_description"] == "Identity not found"
    nowhere = imds(desk, resource="https://nowhere.example").json()
    assert (nowhere["error"], "AADSTS500011" in nowhere["error_description"]) == ("invalid_resource", True)
    desk.tenant.identities = [desk.tenant.assigned]
    assert imds(desk).json()["error_description"] == "Identity not found"


def test_app_service_answers_only_who_knows_its_header(desk: Desk) -> None:
    assert [app_service(desk, header).status_code for header in ("", "guessed")] == [401, 401]
    assert app_service(desk, **{"api-version": "2017-09-01"}).json()["statusCode"] == 400
    assert app_service(desk, resource="").status_code == 400
    assert "No User Assigned" in app_service(desk, client_id="unknown").json()["message"]
    nowhere = app_service(desk, resource="https://nowhere.example").json()
    assert (nowhere["statusCode"], "AADSTS500011" in nowhere["message"]) == (500, True)
