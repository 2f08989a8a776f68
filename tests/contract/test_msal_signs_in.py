"""msal itself signs in, over TLS, in every way it knows, and SharePoint believes the tokens it gets."""

import threading
import webbrowser
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import msal
import pytest
import requests
from cryptography.hazmat.primitives.hashes import SHA1

from connectors.emulator.authority.directory import App, AppState
from connectors.emulator.roles import Role
from tests.support.certificates import pair
from tests.support.emulator import ManualClock
from tests.support.entra import ANN, BO, SITE, Form, RunningTenant, running_tenant

TITLE = f"{SITE}/_api/web/Title"
ME = f"{SITE}/_api/web/CurrentUser?$select=Title"
_AZURE = ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT", "MSI_ENDPOINT", "MSI_SECRET",
          "IMDS_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST", "AZUREPS_HOST_ENVIRONMENT")  # fmt: skip


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def tenant(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningTenant]:
    for name in _AZURE:
        monkeypatch.delenv(name, raising=False)
    # msal would listen on every address inside a container.
    monkeypatch.setattr("msal.oauth2cli.authcode._is_inside_docker", lambda: False)
    with running_tenant(clock=clock) as running:
        yield running


def confidential(tenant: RunningTenant, credential: Any, **options: Any) -> msal.ConfidentialClientApplication:
    where = options or {"authority": tenant.authority, "instance_discovery": False}
    return msal.ConfidentialClientApplication(
        tenant.app_id, client_credential=credential, http_client=tenant.session, **where
    )


def public(tenant: RunningTenant) -> msal.PublicClientApplication:
    return msal.PublicClientApplication(
        tenant.public_id, authority=tenant.authority, instance_discovery=False, http_client=tenant.session
    )


def by_certificate(tenant: RunningTenant) -> dict[str, str]:
    return {"private_key": tenant.key_pem, "public_certificate": tenant.certificate_pem}


def by_thumbprint(tenant: RunningTenant) -> dict[str, str]:
    thumbprint = tenant.tenant.app_pair.certificate.fingerprint(SHA1())  # noqa: S303 - its name, not a proof
    return {"private_key": tenant.key_pem, "thumbprint": thumbprint.hex()}


def claims(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


# An application


@pytest.mark.parametrize(("credential", "algorithm"), [(by_certificate, "PS256"), (by_thumbprint, "RS256")])
def test_an_application_signs_in_with_its_certificate(
    tenant: RunningTenant, credential: Callable[[RunningTenant], Any], algorithm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assertions: list[str] = []
    judge = tenant.entra.proofs.of

    def listening(app: Any, form: Any, *rest: Any) -> str:
        assertions.append(form["client_assertion"])
        return judge(app, form, *rest)

    monkeypatch.setattr(type(tenant.entra.proofs), "of", lambda _, *given: listening(*given))
    app = confidential(tenant, credential(tenant))
    answer = app.acquire_token_for_client([tenant.scope])
    assert claims(answer["access_token"])["appidacr"] == "2"
    assert tenant.get(TITLE, answer["access_token"]).json() == {"value": "Demo"}
    assert app.acquire_token_for_client([tenant.scope])["token_source"] == "cache"
    assert [jwt.get_unverified_header(each)["alg"] for each in assertions] == [algorithm]


@pytest.mark.parametrize(
    "where",
    [
        lambda tenant: {"authority": tenant.authority, "validate_authority": False},
        lambda tenant: {"oidc_authority": f"{tenant.authority}/v2.0"},
        lambda tenant: {"authority": f"{tenant.base_url}/{tenant.tenant.id}", "instance_discovery": False},
    ],
)
def test_the_authority_is_found_by_every_way_of_naming_it(tenant: RunningTenant, where: Callable[..., Any]) -> None:
    app = confidential(tenant, by_certificate(tenant), **where(tenant))
    assert "access_token" in app.acquire_token_for_client([tenant.scope])


def test_a_token_that_has_expired_is_renewed_though_msal_sends_the_same_assertion_again(
    tenant: RunningTenant, clock: ManualClock
) -> None:
    app = confidential(tenant, by_certificate(tenant))
    first = app.acquire_token_for_client([tenant.scope])["access_token"]
    clock.advance(minutes=91)
    assert tenant.get(TITLE, first).status_code == 401
    app.remove_tokens_for_client()
    second = app.acquire_token_for_client([tenant.scope])["access_token"]
    assert tenant.get(TITLE, second).status_code == 200


def test_a_secret_gets_a_token_that_sharepoint_refuses(tenant: RunningTenant) -> None:
    tenant.tenant.add_secret(tenant.tenant.app, "open sesame")
    token = confidential(tenant, "open sesame").acquire_token_for_client([tenant.scope])["access_token"]
    answer = tenant.get(TITLE, token)
    assert (answer.status_code, answer.text) == (401, "Unsupported app only token.")
    refused = confidential(tenant, "open barley").acquire_token_for_client([tenant.scope])
    assert (refused["error"], refused["error_codes"]) == ("invalid_client", [7000215])


@pytest.mark.parametrize(
    ("change", "error", "number"),
    [
        (lambda tenant: {"private_key": pair().key_pem(), "public_certificate": pair().certificate_pem},
         "invalid_client", 700027),
        (lambda tenant: {"private_key": pair().key_pem(), "thumbprint": by_thumbprint(tenant)["thumbprint"]},
         "invalid_client", 700027),
    ],
)  # fmt: skip
def test_another_key_is_refused_and_msal_says_so(
    tenant: RunningTenant, change: Callable[..., Any], error: str, number: int
) -> None:
    answer = confidential(tenant, change(tenant)).acquire_token_for_client([tenant.scope])
    assert (answer["error"], answer["error_codes"]) == (error, [number])


def test_what_is_unknown_is_refused_and_msal_says_so(tenant: RunningTenant) -> None:
    with pytest.raises(ValueError, match="double check your tenant name"):
        confidential(
            tenant, by_certificate(tenant), authority=f"{tenant.base_url}/fabrikam.com", instance_discovery=False
        )
    app = confidential(tenant, by_certificate(tenant))
    nowhere = app.acquire_token_for_client(["https://nowhere.example/.default"])
    assert nowhere["error_codes"] == [500011]
    tenant.tenant.register(App(tenant.app_id, "Portfolio Sync", state=AppState.DISABLED))
    refused = app.acquire_token_for_client([f"https://localhost:{urlsplit(tenant.base_url).port}/.default"])
    assert refused["error_codes"] == [7000112]


# A person


def test_a_person_enters_a_devices_code(tenant: RunningTenant) -> None:
    app = public(tenant)
    flow = app.initiate_device_flow([tenant.scope])
    assert flow["user_code"] in flow["message"]
    waiting = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
    assert waiting["error"] == "authorization_pending"
    assert "Demo" not in tenant.approve_device(flow["user_code"], BO).text
    answer = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
    assert answer["id_token_claims"]["preferred_username"] == BO
    assert tenant.get(ME, answer["access_token"]).json() == {"Title": "Bo Marsh"}


def test_a_person_declines_a_devices_code(tenant: RunningTenant) -> None:
    app = public(tenant)
    flow = app.initiate_device_flow([tenant.scope])
    assert tenant.approve_device(flow["user_code"], decline=True).status_code == 200
    answer = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
    assert answer["error"] == "authorization_declined"


def test_a_device_code_nobody_enters_ends(tenant: RunningTenant, clock: ManualClock) -> None:
    app = public(tenant)
    flow = app.initiate_device_flow([tenant.scope])
    clock.advance(minutes=15)
    answer = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
    assert answer["error"] == "expired_token"


@pytest.mark.parametrize(("decline", "error"), [(False, None), (True, "access_denied")])
def test_a_person_signs_in_in_a_browser(
    tenant: RunningTenant, monkeypatch: pytest.MonkeyPatch, decline: bool, error: str | None
) -> None:
    def browser(address: str) -> bool:
        """Ann's: she chooses herself, or cancels, and her browser posts the answer to msal."""

        def browse() -> None:
            form = Form.of(tenant.sign_in_page(address, decline=decline).text)
            requests.post(form.action, data=form.hidden, timeout=10, proxies={"http": ""})

        threading.Thread(target=browse).start()
        return True

    monkeypatch.setattr(webbrowser, "open", browser)
    answer = public(tenant).acquire_token_interactive([tenant.scope], timeout=30)
    assert answer.get("error") == error
    if error is None:
        assert answer["id_token_claims"]["name"] == "Ann Field"
        assert tenant.get(ME, answer["access_token"]).json() == {"Title": "Ann Field"}


def test_a_code_is_bound_to_its_verifier(tenant: RunningTenant) -> None:
    app = public(tenant)
    flow = app.initiate_auth_code_flow(
        [tenant.scope], redirect_uri="http://localhost:5000", response_mode="form_post", login_hint=ANN
    )
    assert parse_qs(urlsplit(flow["auth_uri"]).query)["code_challenge_method"] == ["S256"]
    assert "autofocus" in tenant.session.get(flow["auth_uri"], timeout=10).text
    back = Form.of(tenant.sign_in_page(flow["auth_uri"]).text).hidden
    stolen = app.acquire_token_by_auth_code_flow({**flow, "code_verifier": "w" * 43}, back)
    assert stolen["error_codes"] == [501481]
    answer = app.acquire_token_by_auth_code_flow(flow, back)
    assert tenant.get(ME, answer["access_token"]).json() == {"Title": "Ann Field"}
    again = public(tenant).acquire_token_by_auth_code_flow(flow, back)
    assert again["error_codes"] == [54005]


def test_who_has_signed_in_once_is_signed_in_again_without_being_asked(
    tenant: RunningTenant, clock: ManualClock
) -> None:
    app = public(tenant)
    flow = app.initiate_device_flow([tenant.scope])
    tenant.approve_device(flow["user_code"])
    first = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)["access_token"]
    (account,) = app.get_accounts(ANN)
    assert app.acquire_token_silent([tenant.scope], account)["token_source"] == "cache"
    clock.advance(hours=2)
    assert tenant.get(TITLE, first).status_code == 401
    renewed = app.acquire_token_silent_with_error([tenant.scope], account, force_refresh=True)
    assert tenant.get(ME, renewed["access_token"]).json() == {"Title": "Ann Field"}
    tenant.entra.sign_ins.revoke()
    refused = app.acquire_token_silent_with_error([tenant.scope], account, force_refresh=True)
    assert refused["error"] == "invalid_grant"


def test_a_person_may_do_no_more_than_the_site_lets_them(tenant: RunningTenant) -> None:
    tenant.tenant.admit(ANN, SITE, Role.NONE)
    app = public(tenant)
    flow = app.initiate_device_flow([tenant.scope])
    tenant.approve_device(flow["user_code"])
    token = app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)["access_token"]
    assert tenant.get(TITLE, token).status_code == 403


# A machine


@pytest.mark.parametrize("place", ["app_service_environment", "virtual_machine_environment"])
@pytest.mark.parametrize("given", [False, True])
def test_a_machine_signs_in_with_its_own_identity_or_with_one_it_was_given(
    tenant: RunningTenant, monkeypatch: pytest.MonkeyPatch, place: str, given: bool
) -> None:
    for name, value in getattr(tenant, place).items():
        monkeypatch.setenv(name, value)
    system, assigned = msal.SystemAssignedManagedIdentity, msal.UserAssignedManagedIdentity
    identity = assigned(client_id=tenant.assigned_id) if given else system()
    app = msal.ManagedIdentityClient(identity, http_client=tenant.session)
    answer = app.acquire_token_for_client(resource=tenant.base_url)
    assert claims(answer["access_token"])["appid"] == (tenant.assigned_id if given else tenant.system_id)
    assert 3500 < answer["expires_in"] <= 5400
    assert tenant.get(ME, answer["access_token"]).json() == {"Title": "SharePoint App"}
    assert app.acquire_token_for_client(resource=tenant.base_url)["token_source"] == "cache"


@pytest.mark.parametrize("place", ["app_service_environment", "virtual_machine_environment"])
def test_a_machine_without_the_identity_it_names_is_refused(
    tenant: RunningTenant, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    for name, value in getattr(tenant, place).items():
        monkeypatch.setenv(name, value)
    unknown = msal.UserAssignedManagedIdentity(client_id="11111111-2222-3333-4444-555555555555")
    answer = msal.ManagedIdentityClient(unknown, http_client=tenant.session).acquire_token_for_client(
        resource=tenant.base_url
    )
    assert answer["error"] in {"invalid_request", "invalid_scope"}


# The way there


def test_the_environments_own_certificates_do_not_get_in_the_way_of_a_session_that_trusts_ours(
    tenant: RunningTenant, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "other.pem").write_text(pair().certificate_pem)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "other.pem"))
    assert "access_token" in confidential(tenant, by_certificate(tenant)).acquire_token_for_client([tenant.scope])


def test_msal_talks_to_no_authority_it_cannot_trust(tenant: RunningTenant) -> None:
    with requests.Session() as doubting:
        doubting.trust_env = False
        with pytest.raises(requests.exceptions.SSLError):
            msal.ConfidentialClientApplication(
                tenant.app_id, authority=tenant.authority, instance_discovery=False, http_client=doubting,
                client_credential=by_certificate(tenant),
            )  # fmt: skip
