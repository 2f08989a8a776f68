"""The questions can be asked, their answers compared, and a difference does not go unnoticed."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

import pytest

from connectors.emulator.rules.throttle import Mode, Throttle
from connectors.emulator.service import Service
from connectors.emulator.state.world import World
from tests.live.comparison import answers, differences, report, write_report
from tests.live.questions import QUESTIONS
from tests.support.emulator import running_emulator
from tests.support.live import live_site, needs_live_site
from tests.support.scratch import Scratch, new_suffix

SITE = "/sites/scratch"


@contextmanager
def scratch_on_an_emulator(**options: Any) -> Iterator[Scratch]:
    world = World(**options)
    world.add_site(SITE)
    # The clock stands still here, so a minute's budget would never be refilled.
    with running_emulator(Service(world, throttle=Throttle(Mode.OFF))) as emulator:
        yield Scratch(emulator, SITE, new_suffix())


@pytest.fixture(scope="module")
def usual() -> dict[str, Any]:
    with scratch_on_an_emulator() as scratch:
        found = answers(scratch)
        left = scratch.remote.get(scratch.api("web/lists?$select=Title")).json()["value"]
    assert left == [], "the questions remove what they made"
    return found


def test_every_question_gets_an_answer_from_the_embedded_sharepoint(usual: dict[str, Any]) -> None:
    assert len(QUESTIONS) > 25
    assert not [key for key, answer in usual.items() if "could not be asked" in answer]


def test_two_sites_that_are_alike_have_no_differences(usual: dict[str, Any]) -> None:
    with scratch_on_an_emulator(seed=7) as scratch:
        assert differences(answers(scratch), usual) == []


def test_a_site_that_is_different_is_reported_by_question_and_place(usual: dict[str, Any]) -> None:
    with scratch_on_an_emulator(missing_if_match="refuse") as scratch:
        there = answers(scratch)
    found = differences(there, usual)
    assert {each.question.key for each in found} == {"missing_if_match"}
    assert ("status", 412, 204) in [(each.place, each.there, each.here) for each in found]
    text = report(there, usual, "1.0")
    assert "Does an update without If-Match overwrite?" in text
    assert "| status | `412` | `204` |" in text


def test_a_report_names_no_site_and_no_list(usual: dict[str, Any]) -> None:
    with scratch_on_an_emulator() as scratch:
        text = report(answers(scratch), usual, "1.0")
        assert scratch.remote.origin not in text
        assert scratch.suffix not in text


@needs_live_site
def test_a_real_site_answers_as_the_embedded_one_does(usual: dict[str, Any]) -> None:
    site = live_site()
    assert site is not None
    there = answers(site.scratch())
    write_report(site.report, there, usual, version("portfolio-sync"))
    found = [f"{each.question.asks} ({each.place})" for each in differences(there, usual)]
    assert not found, "\n".join([f"{site.report} has the answers to:", *found])
