"""What the sign-in service's answers mean: a token, one of our errors in words staff can act on, or no answer.

Only the service's own code is ever repeated: its description can quote what was sent.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from msal.exceptions import MsalError

from connectors.sharepoint.errors import unreachable
from sync.errors import AccessError, UnreachableError

_MARGIN = 300
"""Seconds by which a token's life is reported short, so that none expires on its way."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a refusal that fits `pattern` stands for, and what to do about it."""

    pattern: str
    what: str
    advice: str


COMMON = (
    Meaning(
        r"AADSTS700016|AADSTS7000112",
        "the application is not known in this tenant, or is switched off",
        "Compare the client id and the tenant with the application's registration.",
    ),
    Meaning(
        r"AADSTS90002|AADSTS900023|AADSTS900021",
        "the tenant is not known",
        "Compare the tenant with the directory's id or domain name.",
    ),
    Meaning(
        r"AADSTS53003|AADSTS530\d\d",
        "a Conditional Access policy blocks it",
        "Ask the identity team to admit this machine's address.",
    ),
    Meaning(
        r"AADSTS500011|AADSTS500014",
        "the host is not known to the tenant as a resource",
        "Compare the host in the portfolio file with the tenant's SharePoint address.",
    ),
)
"""What every way of signing in can be told. The first meaning that fits wins, so a way's own come before these."""


def granted(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The token in an answer that has one."""
    return {
        "access_token": answer["access_token"],
        "token_type": "Bearer",
        "expires_in": max(0, int(answer.get("expires_in", 0)) - _MARGIN),
    }


def refused(answer: Mapping[str, Any], meanings: Iterable[Meaning], otherwise: str) -> AccessError:
    """The error that an answer without a token stands for; `otherwise` is the advice where no meaning fits."""
    text = f"{answer.get('error', '')} {answer.get('suberror', '')} {answer.get('error_description', '')}"
    named = code_in(answer)
    for meaning in meanings:
        if re.search(meaning.pattern, text, re.DOTALL | re.IGNORECASE):
            return AccessError(f"Sign-in was refused: {meaning.what}{named}.", meaning.advice)
    return AccessError(f"Sign-in was refused{named}.", otherwise)


def code_in(answer: Mapping[str, Any]) -> str:
    """The service's code as a sentence may carry it: ` (AADSTS53003)`, or nothing."""
    code = re.search(r"AADSTS\d+", f"{answer.get('error', '')} {answer.get('error_description', '')}")
    return f" ({code.group()})" if code else ""


@contextmanager
def asking(service: str, advice: str | None = None) -> Iterator[None]:
    """Makes an UnreachableError of every way in which a sign-in service, here named, fails to answer."""
    unavailable = UnreachableError(f"The sign-in service {service} is not available.", advice)
    try:
        yield
    except requests.HTTPError:
        raise unavailable from None
    except requests.RequestException as error:
        address = error.request.url if error.request else None
        reason = unreachable(error, address or service)
        raise UnreachableError(f"Sign-in: {reason.what}", advice or reason.advice) from None
    except (MsalError, RuntimeError, ValueError, KeyError):
        # msal's answers to a page that is not what a sign-in service answers.
        raise unavailable from None


def msal_application(kind: Any, client_id: str, authority: str, http_client: Any, **options: Any) -> Any:
    """An application of msal's at a tenant's authority; AccessError where there is no such tenant."""
    try:
        return kind(
            client_id,
            authority=authority,
            http_client=http_client,
            # The authority is configuration, so there is nothing to find out about it.
            instance_discovery=False,
            **options,
        )
    except ValueError as error:
        if isinstance(error.__context__, json.JSONDecodeError):
            raise  # a page of someone on the way, and no word about the tenant
        raise AccessError(
            f"Sign-in was refused: the tenant is not known at {authority}.",
            "Compare the tenant with the directory's id or domain name.",
        ) from None
