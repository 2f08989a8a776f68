"""The key `own_lists`: what it makes of what is written, and what is wrong with it, line by line."""

from dataclasses import replace
from pathlib import Path

import pytest

from config.portfolio import load_portfolio
from config.rules import rules_to_json
from sync.engine.targets import OwnLists, Readers
from tests.support.portfolio_files import edited, refused, write

PLACE = "connection: council, site: /sites/pmo"


def with_own_lists(entry: str) -> str:
    return edited(("connections:\n", f"own_lists: {entry}\nconnections:\n"))


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (f"{{{PLACE}}}", OwnLists(connection="council", site="/sites/pmo")),
        (f"{{{PLACE}, rollup: , status: }}", OwnLists(connection="council", site="/sites/pmo")),
        (f"{{{PLACE}, rollup: none}}", OwnLists(connection="council", site="/sites/pmo", rollup=None)),
        (f"{{{PLACE}, status: None}}", OwnLists(connection="council", site="/sites/pmo", status=None)),
        (
            f"{{{PLACE}, rollup: Figures, status: Runs, rollup_readers: site}}",
            OwnLists(
                connection="council", site="/sites/pmo", rollup="Figures", status="Runs", rollup_readers=Readers.SITE
            ),
        ),
        ("", None),
    ],
)
def test_what_is_written_and_what_is_not(tmp_path: Path, entry: str, expected: OwnLists | None) -> None:
    assert load_portfolio(write(tmp_path, with_own_lists(entry))).own_lists == expected


NO_TITLE = "the list needs a title; 'none' says that it is not wanted."
ONE_LINE = "a title is one line of at most 255 characters, without a space before or after it."


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("Portfolio roll-up", "'own_lists' must be a mapping (key: value), not 'Portfolio roll-up'."),
        ("{site: /sites/pmo}", "'own_lists' needs 'connection'."),
        (f"{{{PLACE}, rolup: x}}", "'rolup' is not a key of 'own_lists'; did you mean 'rollup'?"),
        ("{connection: counsil, site: /sites/pmo}", "there is no connection 'counsil'; did you mean 'council'?"),
        ("{connection: council, site: sites/pmo}", "'site' begins with / and does not end with one"),
        (
            f"{{{PLACE}, rollup_readers: everybody}}",
            "'everybody' is not a value of 'rollup_readers'; it may be site, o",
        ),
        (f"{{{PLACE}, rollup: ' '}}", NO_TITLE),
        (f"{{{PLACE}, status: 'Runs '}}", ONE_LINE),
        (f'{{{PLACE}, status: "Ru\\nns"}}', ONE_LINE),
        (f"{{{PLACE}, status: {'x' * 256}}}", ONE_LINE),
        (f"{{{PLACE}, status: '***'}}", "the title '***' needs a letter from A to Z or a digit"),
        (f"{{{PLACE}, rollup: none, status: none}}", "'own_lists' keeps neither list; leave the whole key out."),
        (f"{{{PLACE}, rollup: Our runs, status: our  Runs}}", "both lists have this title; give each one of its own."),
        (f"{{{PLACE}, rollup: Our runs, status: 'Our-runs!'}}", "both lists would have the address Lists/"),
        (f"{{{PLACE}, rollup: projects}}", "source 'projects' is the list 'projects' of that site already; choose "),
        ("{connection: council, site: /Sites/PMO, status: Risks}", "source 'risks' is the list 'Risks' of that site"),
    ],
)
def test_every_mistake_is_named_with_its_line(tmp_path: Path, entry: str, expected: str) -> None:
    (line,) = refused(tmp_path, with_own_lists(entry))
    assert line.startswith(f"portfolio.yaml, line 4: {expected}")


def test_a_list_that_a_source_reads_by_its_address_is_not_ours(tmp_path: Path) -> None:
    text = with_own_lists(f"{{{PLACE}}}").replace("list: Projects", "list: {url: Lists/portfoliorollup/}")
    (line,) = refused(tmp_path, text)
    assert line.endswith(
        "source 'projects' is the list 'Portfolio roll-up' of that site already; choose another title."
    )


@pytest.mark.parametrize("place", ["connection: council, site: /sites/other", "connection: other, site: /sites/pmo"])
def test_a_list_of_another_site_may_have_the_same_title(tmp_path: Path, place: str) -> None:
    other = '  other: {host: "https://other.sharepoint.com", auth: certificate}\nsources:'
    text = with_own_lists(f"{{{place}, rollup: Projects}}").replace("sources:", other)
    own = load_portfolio(write(tmp_path, text)).own_lists
    assert own is not None
    assert own.rollup == "Projects"


def test_another_connection_to_the_same_host_leads_to_the_same_site(tmp_path: Path) -> None:
    other = '  other: {host: "https://contoso.sharepoint.com/", auth: certificate}\nsources:'
    text = with_own_lists("{connection: other, site: /sites/pmo, rollup: Projects}").replace("sources:", other)
    assert len(refused(tmp_path, text)) == 1


def test_own_lists_are_none_of_the_rules(tmp_path: Path) -> None:
    portfolio = load_portfolio(write(tmp_path, with_own_lists(f"{{{PLACE}}}")))
    assert rules_to_json(portfolio) == rules_to_json(replace(portfolio, own_lists=None))
