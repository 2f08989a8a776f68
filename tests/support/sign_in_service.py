"""A sign-in service for msal without a network: it stands where the HTTP client would be, and answers from a script."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import requests

AUTHORITY = "https://login.microsoftonline.com"
TENANT = "contoso.onmicrosoft.com"
CLIENT = "aaaaaaaa-1111-2222-3333-444444444444"
HOST = "https://contoso.sharepoint.com"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
BROWSER = "authorization_code"
REFRESH = "refresh_token"


@dataclass
class Response:
    status_code: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise requests.HTTPError(str(self.status_code))


def error(code: str, description: str = "", **more: str) -> dict[str, Any]:
    """A refusal as the token endpoint words it."""
    return {"error": code, "error_description": description, **more}


@dataclass
class SignInService:
    """Grants whatever it is asked for, to `person`; what is in `refusals` for a grant is answered first, in order.
    `flow` changes what a device flow begins with, `flow_refusal` refuses to begin one.

    Every token it gives is a word of its own: `access-1`, `refresh-2`.
    """

    person: str = "ann"
    refusals: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    flow: dict[str, Any] = field(default_factory=dict)
    flow_refusal: dict[str, Any] | None = None
    failure: Exception | None = None
    page: str | None = None
    posts: list[dict[str, str]] = field(default_factory=list)

    def get(self, url: str, **_: Any) -> Response:
        if self.failure is not None:
            raise self.failure
        if self.page is not None:
            return Response(200, self.page)
        base = f"{AUTHORITY}/{TENANT}/oauth2/v2.0"
        names = {"authorization": "authorize", "token": "token", "device_authorization": "devicecode"}
        known = {f"{name}_endpoint": f"{base}/{path}" for name, path in names.items()}
        return Response(200, json.dumps({"issuer": base, **known}))

    def post(self, url: str, *, data: Any, **_: Any) -> Response:
        if self.failure is not None:
            raise self.failure
        form = {name: _word(value) for name, value in _fields(data).items()}
        self.posts.append({"path": url.rpartition("/")[2], **form})
        if url.endswith("/devicecode"):
            return self._device_code()
        scripted = self.refusals.get(form["grant_type"], [])
        if scripted:
            return Response(400, json.dumps(scripted.pop(0)))
        return Response(200, json.dumps(self._tokens(form)))

    def grants(self) -> list[str]:
        """Which grants were asked for, in order."""
        return [post["grant_type"] for post in self.posts if "grant_type" in post]

    def close(self) -> None:
        """Nothing is open."""

    def _device_code(self) -> Response:
        given = {
            "device_code": "device-secret",
            "user_code": "ABCD-EFGH",
            "verification_uri": "https://microsoft.com/devicelogin",
            "expires_in": 900,
            "interval": 5,
            "message": "To sign in, open https://microsoft.com/devicelogin and enter the code ABCD-EFGH.",
        }
        if self.flow_refusal is not None:
            return Response(400, json.dumps(self.flow_refusal))
        return Response(200, json.dumps({**given, **self.flow}))

    def _tokens(self, form: Mapping[str, str]) -> dict[str, Any]:
        number = len(self.posts)
        oid = f"oid-{self.person}"
        claims = {"oid": oid, "sub": f"sub-{oid}", "aud": CLIENT, "iss": AUTHORITY, "exp": 9999999999, "iat": 0}
        claims |= {"preferred_username": f"{self.person}@example.org"}
        if nonce := form.get("nonce"):
            claims["nonce"] = nonce
        return {
            "token_type": "Bearer",
            "expires_in": 3599,
            "scope": f"{HOST}/AllSites.Write {HOST}/.default",
            "access_token": f"access-{number}",
            "refresh_token": f"refresh-{number}",
            "client_info": encoded({"uid": oid, "utid": "tenant-1"}),
            "id_token": f"{encoded({'alg': 'none'})}.{encoded(claims)}.",
        }


def encoded(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _fields(data: Any) -> Mapping[str, Any]:
    return data if isinstance(data, Mapping) else {name: values[0] for name, values in parse_qs(data).items()}


def _word(value: Any) -> str:
    return value if isinstance(value, str) else " ".join(value) if isinstance(value, list | set | tuple) else str(value)
