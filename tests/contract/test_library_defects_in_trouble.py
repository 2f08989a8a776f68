"""What office365-rest-python-client does when something goes wrong, and that our connector goes around.

As in test_library_defects.py: a test that fails says that a new release has mended something. Nothing here waits: the
client's own sleep is replaced. What the emulator cannot be brought to answer comes from a scripted wire.
"""

from collections.abc import Callable
from typing import Any

import msal
import pytest
import requests
from office365.runtime.client_request_exception import ClientRequestException
from office365.runtime.http.throttling import PaceState, pace, parse_throttling, wait_delay
from office365.runtime.odata.v3.metadata_level import ODataV3MetadataLevel
from office365.sharepoint.client_context import ClientContext

from tests.support.office import TOKEN, Office365
from tests.support.wire import HOST, Answer, ScriptedTransport, ScriptedWire, json_reply

STALE_DIGEST = {"code": "-2130575251, Microsoft.SharePoint.SPException", "message": {"lang": "en-US", "value": "x"}}


def statuses(office: Office365, route: str) -> list[int]:
    """What was answered at a route."""
    return [entry.status for entry in office.emulator.service.history.entries if entry.operation == route]


def scripted(answer: Callable[[requests.PreparedRequest], Answer]) -> tuple[ClientContext, ScriptedWire]:
    """The client at a wire that answers what the emulator would not."""
    wire = ScriptedWire(otherwise=answer)
    context = ClientContext(HOST).with_access_token(lambda: TOKEN)
    context.with_transport(session=ScriptedTransport(wire).session())
    return context, wire


def digest_or(answer: Answer) -> Callable[[requests.PreparedRequest], Answer]:
    """A form digest where one is asked for, and otherwise this."""
    info = {"FormDigestTimeoutSeconds": 1800, "FormDigestValue": "0x1,17 Jun 2026 09:30:00 -0000"}
    digest = json_reply({"d": {"GetContextWebInformation": info}})
    return lambda request: digest if str(request.url).endswith("contextInfo") else answer


def test_a_throttled_request_is_an_error_at_once(office: Office365, slept: list[float]) -> None:
    """`connectors/sharepoint/pacing.py` waits as long as it is told, and tries again."""
    office.trouble(route="web/list", times=1, do="refuse", status=429, retry_after=31)
    with pytest.raises(ClientRequestException):
        office.projects.get().execute_query()
    assert (statuses(office, "web/list"), slept) == ([429], [])


@pytest.mark.parametrize("way", ["execute_query_retry", "with_auto_retry"])
def test_a_named_waiting_time_is_not_waited(office: Office365, slept: list[float], way: str) -> None:
    """`connectors/sharepoint/pacing.py` waits as long as it is told."""
    office.trouble(route="web/list", times=1, do="refuse", status=429, retry_after=31)
    if way == "with_auto_retry":
        office.context.with_auto_retry(timeout_secs=1)
        office.projects.get().execute_query()
    else:
        office.projects.get()
        office.context.execute_query_retry(timeout_secs=1)

    assert statuses(office, "web/list") == [429, 200]
    assert len(slept) == 1
    assert slept[0] <= 1


def test_only_the_way_with_the_longest_name_waits_as_it_is_told(office: Office365, slept: list[float]) -> None:
    """`connectors/sharepoint/pacing.py` has one way, which does."""
    office.trouble(route="web/list", times=1, do="refuse", status=429, retry_after=31)
    office.projects.get()
    office.context.execute_query_with_incremental_retry()
    assert slept == [31]


def test_an_error_of_the_service_is_taken_for_a_passing_one(office: Office365, slept: list[float]) -> None:
    """`connectors/sharepoint/pacing.py` never repeats after a 500: with SharePoint that is how it says no."""
    office.trouble(route="web/list", do="refuse", status=500)
    office.projects.get()
    with pytest.raises(ClientRequestException):
        office.context.execute_query_retry(max_retry=4)
    assert statuses(office, "web/list") == [500] * 4
    assert len(slept) == 4


def test_what_is_tried_again_comes_after_what_was_queued_behind_it(office: Office365, slept: list[float]) -> None:
    """`connectors/sharepoint/pacing.py` repeats a request before anything else is sent."""
    office.trouble(route="web/list/item", item=1, times=1, do="refuse", status=503)
    for number in (1, 2, 3):
        office.projects.get_item_by_id(number).get()
    office.context.execute_query_retry()

    entries = office.emulator.service.history.entries
    assert [(entry.item, entry.status) for entry in entries if entry.item] == [(1, 503), (2, 200), (3, 200), (1, 200)]
    assert len(slept) == 1


@pytest.mark.parametrize("way", ["execute_query_retry", "execute_batch"])
def test_a_new_item_is_made_twice_when_the_answer_to_the_first_is_lost(
    office: Office365, slept: list[float], way: str
) -> None:
    """`connectors/sharepoint/pacing.py` repeats a write only where the service says that it was not done."""
    office.projects.items.queue_records([{"Title": "New"}])
    lost = {"route": "$batch", "first": 2} if way == "execute_batch" else {"route": "web/list/items"}
    office.trouble(**lost, method="POST", times=1, do="drop", when="after")
    getattr(office.context, way)()

    assert office.values()[5:] == ["New", "New"]
    assert len(slept) == 1


def test_waiting_for_an_answer_has_no_end() -> None:
    """`connectors/sharepoint/settings.py` names a time for both: TIMEOUT."""
    context, wire = scripted(digest_or(json_reply({"d": {}})))
    context.web.get().execute_query()
    assert {options["timeout"] for options in wire.options} == {(10.0, None)}


def test_a_token_that_was_refused_is_used_again(office: Office365) -> None:
    """`connectors/sharepoint/context.py` asks once for a new token after a 401, and asks again with it."""
    asked: list[int] = []

    def token() -> dict[str, Any]:
        asked.append(1)
        return TOKEN

    office.context.with_access_token(token)
    office.trouble(route="web/list", times=1, do="refuse", status=401)
    office.projects.get()
    with pytest.raises(ClientRequestException):
        office.context.execute_query_retry()
    office.projects.get().execute_query()

    assert statuses(office, "web/list") == [401, 200]
    assert len(asked) == 1


def test_a_token_is_used_to_its_very_last_second(office: Office365) -> None:
    """`connectors/sharepoint/context.py` asks msal before every request, which leaves a margin of five minutes."""
    asked: list[int] = []

    def token() -> dict[str, Any]:
        asked.append(1)
        return TOKEN | {"expires_in": 120}

    office.context.with_access_token(token)
    for _ in range(3):
        office.projects.get().execute_query()
    assert len(asked) == 1


def test_every_token_by_certificate_is_asked_for_by_a_new_msal_application(
    office: Office365, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`connectors/sharepoint/auth/certificate.py` keeps one, and hands it the certificate, so that it signs by
    SHA-256."""
    made: list[Any] = []

    class Application:
        def __init__(self, _client_id: str, *, client_credential: Any, **_: Any) -> None:
            made.append(client_credential)

        def acquire_token_for_client(self, _scopes: list[str]) -> dict[str, Any]:
            return TOKEN | {"expires_in": -1}

    monkeypatch.setattr(msal, "ConfidentialClientApplication", Application)
    office.context.with_client_certificate("contoso", "an-app", "AB12", private_key="a key")
    office.projects.get().execute_query()

    assert len(made) > 1
    assert all(set(credential) <= {"thumbprint", "private_key", "passphrase"} for credential in made)


def test_what_was_queued_behind_a_failure_is_done_with_the_next_request(office: Office365) -> None:
    """`connectors/sharepoint/context.py` never queues anything."""
    office.trouble(route="web/list/item", method="MERGE", item=1, times=1, do="refuse", status=403)
    for number in (1, 2):
        office.projects.get_item_by_id(number).set_property("Title", "x").update()
    with pytest.raises(ClientRequestException):
        office.context.execute_query()
    assert office.values()[:2] == ["Item 1", "Item 2"]

    office.context.web.get().execute_query()
    assert office.values()[:2] == ["Item 1", "x"]


def test_emptying_the_queue_loses_the_sign_in_too(office: Office365) -> None:
    """`connectors/sharepoint/context.py` never queues anything, so there is nothing to empty."""
    office.context.clear()
    with pytest.raises(ValueError, match="Authentication credentials are missing"):
        office.context.web.get().execute_query()


def test_a_server_that_is_ill_or_nearly_used_up_is_not_spared() -> None:
    """`connectors/sharepoint/pacing.py` relies on no such signal: it obeys what a refusal says."""
    answer = requests.Response()
    answer.status_code = 200
    answer.headers.update(
        {
            "X-SharePointHealthScore": "10",
            "RateLimit-Limit": "1250",
            "RateLimit-Remaining": "1",
            "RateLimit-Reset": "50",
        }
    )
    signals = parse_throttling(answer)

    assert signals is not None
    assert (signals.health_score, signals.remaining) == (10, 1)
    assert wait_delay(pace(PaceState(), signals, now=0), now=0) == 0


def test_pacing_alone_does_not_repeat_what_was_refused(office: Office365, slept: list[float]) -> None:
    """`connectors/sharepoint/pacing.py` paces and repeats in one place."""
    office.context.with_rate_limit()
    office.trouble(route="web/list", times=1, do="refuse", status=429, retry_after=31)
    with pytest.raises(ClientRequestException):
        office.projects.get().execute_query()
    assert (statuses(office, "web/list"), slept) == ([429], [])


@pytest.mark.parametrize(
    ("level", "error", "asked"),
    [
        (ODataV3MetadataLevel.Verbose, "error", ["contextInfo", "Web", "contextInfo", "Web"]),
        (ODataV3MetadataLevel.NoMetadata, "odata.error", ["contextInfo", "Web"]),
    ],
)
def test_a_stale_form_digest_is_renewed_only_where_answers_are_verbose(
    level: ODataV3MetadataLevel, error: str, asked: list[str]
) -> None:
    """`connectors/sharepoint/context.py` sends no form digest: a bearer token needs none."""
    context, wire = scripted(digest_or(json_reply({error: STALE_DIGEST}, 403)))
    context.pending_request().json_format.metadata_level = level
    with pytest.raises(ClientRequestException):
        context.web.get().execute_query()
    assert [str(request.url).rpartition("/")[2] for request in wire.requests] == asked
