"""Tokens at SharePoint's door: what is believed, what is refused and with which words, and who a token speaks for."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from connectors.emulator.app import create_app
from connectors.emulator.authority import tokens
from connectors.emulator.authority.access import Entra
from connectors.emulator.authority.assertions import CERTIFICATE, PUBLIC, SECRET
from connectors.emulator.authority.directory import SHAREPOINT, Tenant
from connectors.emulator.authority.keys import SigningKey
from connectors.emulator.authority.tokens import LONGEST, SHORTEST, Subject
from connectors.emulator.roles import Role
from connectors.emulator.service import Service
from connectors.emulator.state.loading import load_world
from connectors.emulator.state.users import Person
from tests.support.asgi import AsgiClient
from tests.support.emulator import Direct, DirectAnswer, ManualClock
from tests.support.entra import ANN, BO, DOCUMENT, SITE, make_entra

ORIGIN = "http://tenant.example"
LIST = "web/lists/GetByTitle('Projects')"


class Door:
    """A world behind Entra, with tokens made by its own key."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        world = load_world(DOCUMENT, clock=self.clock)
        self.entra = make_entra(world, machine=self.clock)
        self.direct = Direct(Service(world, access=self.entra))
        self.person: Person = self.direct.site.ensure_user(ANN).person

    @property
    def tenant(self) -> Tenant:
        return self.entra.tenant

    def app_subject(self, proof: str = CERTIFICATE, permissions: tuple[str, ...] = ("Sites.Selected",)) -> Subject:
        return Subject(self.tenant.app.id, proof, permissions, "Portfolio Sync", object_id="0")

    def person_subject(self, permissions: tuple[str, ...] = ("AllSites.Write",)) -> Subject:
        return Subject(self.tenant.desktop.id, PUBLIC, permissions, "Portfolio Sync", self.person, "1")

    def token(self, subject: Subject | None = None, audience: str = ORIGIN) -> str:
        return tokens.issue(self.tenant, subject or self.app_subject(), audience, self.clock()).token

    def signed(self, key: SigningKey | None = None, **changed: Any) -> str:
        """A good token's claims with some changed, signed as given."""
        claims = jwt.decode(self.token(), options={"verify_signature": False}) | changed
        return (key or self.tenant.key).sign({name: value for name, value in claims.items() if value is not None})

    def get(self, path: str, token: str, **headers: str) -> DirectAnswer:
        return self.direct.get(path, headers={"Authorization": f"Bearer {token}", **headers})

    def send(self, method: str, path: str, body: Any, token: str) -> DirectAnswer:
        return self.direct.send(method, path, body, headers={"Authorization": f"Bearer {token}", "If-Match": "*"})


@pytest.fixture
def door() -> Door:
    return Door()


def part(document: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


def test_the_claims_are_entras(door: Door) -> None:
    stated = jwt.decode(door.token(), door.tenant.key.public, algorithms=["RS256"], audience=ORIGIN,
                        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False})  # fmt: skip
    start = int(door.clock().timestamp())
    assert stated | {"uti": ""} == {
        "aud": ORIGIN, "iss": f"https://sts.windows.net/{door.tenant.id}/", "iat": start, "nbf": start,
        "exp": stated["exp"], "app_displayname": "Portfolio Sync", "appid": door.tenant.app.id, "appidacr": "2",
        "idtyp": "app", "oid": "0", "sub": "0", "tid": door.tenant.id, "uti": "", "ver": "1.0",
        "roles": ["Sites.Selected"],
    }  # fmt: skip
    delegated = jwt.decode(door.token(door.person_subject()), options={"verify_signature": False})
    wanted = {"idtyp": "user", "scp": "AllSites.Write", "upn": ANN, "unique_name": ANN, "appidacr": "0"}
    assert delegated | wanted == delegated
    assert "roles" not in delegated


def test_a_token_lives_between_an_hour_and_an_hour_and_a_half_and_the_seed_says_how_long() -> None:
    def lives() -> list[int]:
        door = Door()
        return [tokens.issue(door.tenant, door.app_subject(), ORIGIN, door.clock()).seconds for _ in range(200)]

    first = lives()
    assert first == lives()
    assert SHORTEST <= min(first) < SHORTEST + 120
    assert LONGEST - 120 < max(first) <= LONGEST


@pytest.mark.parametrize("audience", [ORIGIN, f"{ORIGIN}/", ORIGIN.upper(), "https://tenant.example", SHAREPOINT])
def test_a_token_for_this_host_or_for_sharepoint_itself_opens(door: Door, audience: str) -> None:
    assert door.get("web/Title", door.token(audience=audience)).json() == {"value": "Demo"}


def test_a_token_for_another_host_of_the_tenant_opens() -> None:
    door = Door()
    door.tenant.hosts = frozenset({"https://contoso.sharepoint.com"})
    assert door.get("web/Title", door.token(audience="https://contoso.sharepoint.com")).status_code == 200


@pytest.mark.parametrize(
    "audience",
    ["https://graph.microsoft.com", "https://evil.example", "https://tenant.example:8443", "https://localhost:8790"],
)
def test_a_token_for_another_service_does_not_open_whatever_the_request_calls_its_host(audience: str) -> None:
    door = Door()
    client = AsgiClient(create_app(door.direct.service), audience)
    answer = client.get(f"{SITE}/_api/web", headers={"Authorization": f"Bearer {door.token(audience=audience)}"})
    assert answer.status_code == 401
    assert "Invalid audience Uri." in answer.headers["x-ms-diagnostics"]
    own = client.get(f"{SITE}/_api/web", headers={"Authorization": f"Bearer {door.token()}"})
    assert own.status_code == 200


def forged_by_another(door: Door) -> str:
    return door.signed(SigningKey.make())


def forged_under_our_key_id(door: Door) -> str:
    other = generate_private_key(public_exponent=65537, key_size=2048)
    return door.signed(SigningKey(other, door.tenant.key.id))


def unsigned(door: Door) -> str:
    claims = door.token().split(".")[1]
    return f"{part({'alg': 'none', 'typ': 'JWT', 'kid': door.tenant.key.id})}.{claims}."


def signed_with_the_public_key_as_a_secret(door: Door) -> str:
    secret = door.tenant.key.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head, claims = part({"alg": "HS256", "typ": "JWT", "kid": door.tenant.key.id}), door.token().split(".")[1]
    key = jwt.get_algorithm_by_name("HS256")
    raw = key.sign(f"{head}.{claims}".encode(), secret)
    return f"{head}.{claims}.{base64.urlsafe_b64encode(raw).decode().rstrip('=')}"


def with_other_claims_under_the_same_signature(door: Door) -> str:
    head, claims, signature = door.token().split(".")
    stated = json.loads(base64.urlsafe_b64decode(claims + "==")) | {"roles": ["Sites.FullControl.All"]}
    return f"{head}.{part(stated)}.{signature}"


def of_another_tenant(door: Door) -> str:
    return door.signed(iss="https://sts.windows.net/00000000-1111-2222-3333-444444444444/")


@pytest.mark.parametrize(
    "make",
    [
        forged_by_another,
        forged_under_our_key_id,
        unsigned,
        signed_with_the_public_key_as_a_secret,
        with_other_claims_under_the_same_signature,
        of_another_tenant,
    ],
)
def test_a_forged_token_is_refused_as_such(door: Door, make: Callable[[Door], str]) -> None:
    for path in ("web", f"{LIST}/items", "/sites/nowhere/_api/web"):
        answer = door.get(path, make(door))
        assert (answer.status_code, answer.json()) == (401, {"error_description": "Invalid issuer or signature."})
        wanted = '3000006;reason="Token contains invalid signature.";category="invalid_client"'
        assert answer.headers["x-ms-diagnostics"] == wanted


@pytest.mark.parametrize("audience", ["https://graph.microsoft.com", "https://tenant.example.org", "", "tenant.exampl"])
def test_a_token_for_somewhere_else_is_refused(door: Door, audience: str) -> None:
    answer = door.get("web", door.token(audience=audience))
    assert (answer.status_code, answer.json()) == (401, {"error_description": "Invalid issuer or signature."})
    assert "audience" in answer.headers["x-ms-diagnostics"]


@pytest.mark.parametrize("token", ["x", "a.b", "a.b.c", "eyJhbGciOiJSUzI1NiJ9", "..", "é"])
def test_what_is_no_token_at_all_is_refused(door: Door, token: str) -> None:
    assert door.get("web", token).status_code == 401


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"exp": None}, "not yet valid"),
        ({"nbf": None}, "not yet valid"),
        ({"exp": "tomorrow"}, "not yet valid"),
        ({"nbf": 99_999_999_999}, "not yet valid"),
        ({"exp": 1}, "expired"),
    ],
)
def test_a_token_without_a_time_or_out_of_it_is_refused(door: Door, changed: dict[str, Any], words: str) -> None:
    answer = door.get("web", door.signed(**changed))
    assert answer.status_code == 401
    assert words in answer.json()["error_description"]


def test_a_token_is_good_until_the_worlds_clock_says_it_is_over(door: Door) -> None:
    issued = tokens.issue(door.tenant, door.app_subject(), ORIGIN, door.clock())
    door.clock.advance(seconds=issued.seconds - 1)
    assert door.get("web", issued.token).status_code == 200
    door.clock.advance(seconds=1)
    answer = door.get("web", issued.token)
    assert answer.status_code == 401
    assert answer.json() == {"error_description": "Invalid JWT token. The token is expired."}
    assert door.get("web", door.token()).status_code == 200
    door.clock.advance(days=-1)
    assert door.get("web", issued.token).status_code == 401


@pytest.mark.parametrize("authorization", ["", "Bearer", "Basic eDp5"])
def test_no_token_is_told_where_to_sign_in(door: Door, authorization: str) -> None:
    answer = door.direct.get("web", headers={"Authorization": authorization})
    assert answer.status_code == 401
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge.startswith(f'Bearer realm="{door.tenant.id}",client_id="{SHAREPOINT}"')
    assert f'authorization_uri="{ORIGIN}/common/oauth2/authorize"' in challenge


def test_an_applications_token_by_a_secret_is_refused_with_the_one_sentence(door: Door) -> None:
    for level in ("nometadata", "verbose"):
        headers = {"Authorization": f"Bearer {door.token(door.app_subject(SECRET))}"}
        answer = door.direct.get("web", level=level, headers=headers)
        assert (answer.status_code, answer.text) == (401, "Unsupported app only token.")
        assert answer.headers["Content-Type"].startswith("text/plain")
    through_a_person = replace(door.person_subject(), proof=SECRET)
    assert door.get("web", door.token(through_a_person)).status_code == 200


def test_the_form_digest_is_given_to_strangers_and_to_those_who_are_not_believed(door: Door) -> None:
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer nonsense"}):
        assert door.direct.post("contextinfo", headers=headers).status_code == 200


def test_the_door_signs_nobody_in_by_what_an_id_token_says(door: Door) -> None:
    stated = {"aud": door.tenant.desktop.id, "iss": f"{ORIGIN}/{door.tenant.id}/v2.0", "upn": ANN, "exp": 9_999_999_999}
    assert door.get("web", door.tenant.key.sign(stated)).status_code == 401


def test_each_part_of_a_batch_is_let_in_by_its_own_token(door: Door) -> None:
    good, bad = door.token(), forged_by_another(door)
    part_of = "--b\r\nContent-Type: application/http\r\n\r\nGET {0} HTTP/1.1\r\n{1}\r\n\r\n\r\n"
    path = f"{SITE}/_api/web/Title"
    body = part_of.format(path, "Accept: application/json") + part_of.format(path, f"Authorization: Bearer {bad}")
    headers = {"Authorization": f"Bearer {good}", "Content-Type": "multipart/mixed; boundary=b"}
    answer = door.direct.post("$batch", f"{body}--b--\r\n", headers=headers)
    assert answer.status_code == 200
    statuses = [line for line in answer.text.splitlines() if line.startswith("HTTP/1.1")]
    assert statuses == ["HTTP/1.1 200 OK", "HTTP/1.1 401 Unauthorized"]


# Who a token speaks for


def test_an_application_is_the_sharepoint_app_and_a_person_is_that_person(door: Door) -> None:
    by_app, by_ann = door.token(), door.token(door.person_subject())
    for path in ("web/CurrentUser", "web?$select=CurrentUser/Title&$expand=CurrentUser"):
        titles = [door.get(path, token).json() for token in (by_app, by_ann)]
        assert [each.get("CurrentUser", each)["Title"] for each in titles] == ["SharePoint App", "Ann Field"]
    assert door.send("MERGE", f"{LIST}/items(1)", {"Title": "By Ann"}, by_ann).status_code == 204
    editor = f"{LIST}/items(1)?$select=Editor/Title&$expand=Editor"
    assert door.get(editor, by_app).json()["Editor"] == {"Title": "Ann Field"}
    assert door.send("MERGE", f"{LIST}/items(1)", {"Title": "By the app"}, by_app).status_code == 204
    assert door.get(editor, by_app).json()["Editor"] == {"Title": "SharePoint App"}


def test_somebody_can_be_ensured_through_any_caller_who_may_write(door: Door) -> None:
    for subject in (door.app_subject(), door.person_subject()):
        answer = door.send("POST", f"web/EnsureUser('{BO}')", None, door.token(subject))
        assert answer.json()["Title"] == "Bo Marsh"


def test_the_rights_that_are_shown_are_those_of_the_role(door: Door) -> None:
    edit_items = 4
    for role, may_edit in ((Role.READ, False), (Role.WRITE, True), (Role.MANAGE, True)):
        door.tenant.grant(door.tenant.app.id, SITE, role)
        for path in ("web", LIST):
            shown = door.get(f"{path}?$select=EffectiveBasePermissions", door.token()).json()
            assert bool(int(shown["EffectiveBasePermissions"]["Low"]) & edit_items) is may_edit


def test_the_same_seed_makes_the_same_tenant_with_keys_of_its_own() -> None:
    clock = ManualClock()
    first, second = (Tenant.make(3, clock=clock, machine=clock) for _ in range(2))
    assert (first.id, first.app.id, first.identity) == (second.id, second.app.id, second.identity)
    assert first.key.id != second.key.id
    assert first.app_pair.certificate != second.app_pair.certificate
    assert Entra(first).checker.tenant is first
