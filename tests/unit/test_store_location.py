"""Where a portfolio's database and its files of sign-ins are, when nobody says otherwise."""

from pathlib import Path

import platformdirs
import pytest

from sync.store.location import default_url, parse_url, shown, sign_in_path, sqlite_path


def path_of(portfolio: Path, name: str, state_dir: Path | None) -> Path:
    path = sqlite_path(parse_url(default_url(portfolio, name, state_dir)))
    assert path is not None
    return path


def test_the_file_is_named_for_the_portfolio_and_for_where_its_file_is(tmp_path: Path) -> None:
    path = path_of(tmp_path / "portfolio.yaml", "Digital Strategy 2022-24", tmp_path / "state")
    assert path.parent == tmp_path / "state"
    assert path.name.startswith("digital-strategy-2022-24-")
    assert path.suffix == ".sqlite"


def test_two_portfolio_files_of_one_name_share_nothing_and_one_file_keeps_its_own(tmp_path: Path) -> None:
    first = path_of(tmp_path / "a" / "portfolio.yaml", "Digital", tmp_path)
    second = path_of(tmp_path / "b" / "portfolio.yaml", "Digital", tmp_path)
    assert first != second
    assert path_of(tmp_path / "b" / ".." / "a" / "portfolio.yaml", "Digital", tmp_path) == first


def test_a_sign_in_is_remembered_beside_the_database_for_one_connection_of_one_file(tmp_path: Path) -> None:
    file, state = tmp_path / "portfolio.yaml", tmp_path / "state"
    found = sign_in_path(file, "Digital", "Council-North", state)
    assert found.parent == state / "sign-ins"
    assert found.name == f"{path_of(file, 'Digital', state).stem}-council-north.json"
    others = [sign_in_path(file, "Digital", "council", state), sign_in_path(tmp_path / "b.yaml", "Digital", "x", state)]
    assert len({found, *others}) == 3
    assert sign_in_path(file, "Digital", "x", None).is_relative_to(
        platformdirs.user_state_path("portfolio-sync", appauthor=False)
    )


def test_a_link_to_a_portfolio_file_is_that_portfolio(tmp_path: Path) -> None:
    (tmp_path / "portfolio.yaml").write_text("version: 1\n")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "portfolio.yaml")
    assert path_of(tmp_path / "link.yaml", "Digital", tmp_path) == path_of(
        tmp_path / "portfolio.yaml", "Digital", tmp_path
    )


def test_without_a_state_folder_it_is_the_platforms(tmp_path: Path) -> None:
    expected = platformdirs.user_state_path("portfolio-sync", appauthor=False)
    assert path_of(tmp_path / "portfolio.yaml", "Digital", None).parent == expected


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "数字战略", "a" * 300, "Zoë / Élan: 100%", "CON"])
def test_no_name_can_lead_out_of_the_state_folder(tmp_path: Path, name: str) -> None:
    path = path_of(tmp_path / "portfolio.yaml", name, tmp_path)
    assert path.parent == tmp_path
    assert len(path.name) < 70
    assert path.name.isascii()


@pytest.mark.parametrize("folder", ["with space", "a#b", "a%20b", "a?b", "é", "a&b=c"])
def test_a_state_folder_of_any_name_is_that_folder(tmp_path: Path, folder: str) -> None:
    assert path_of(tmp_path / "p.yaml", "Digital", tmp_path / folder).parent == tmp_path / folder


def test_a_database_is_shown_without_what_is_secret() -> None:
    shown_as = shown(parse_url("postgres://me:hunter2@db.example:5433/portfolio?password=hunter2&sslmode=require"))
    assert shown_as == "postgresql://me@db.example:5433/portfolio"
    assert shown(parse_url("sqlite://")) == "in memory"
    assert shown(parse_url("postgresql://me@here:hunter2@db.example/portfolio")).endswith("@db.example/portfolio")
    assert sqlite_path(parse_url("sqlite:////folder/me@here.sqlite")) == Path("/folder/me@here.sqlite").absolute()
    assert shown(parse_url("sqlite:////folder/state.sqlite")) == str(Path("/folder/state.sqlite").absolute())
