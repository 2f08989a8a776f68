"""The image keeps its promises as far as its files tell: pinned by hash, a user of its own, a read-only root."""

import json
import re
import shlex
import tomllib
from fnmatch import fnmatch

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.checkout import ROOT

LOCKS = ("requirements.lock", "requirements-build.lock")
Instruction = tuple[str, str]


def stages() -> list[list[Instruction]]:
    """The Dockerfile's instructions with their arguments, by stage."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.lstrip().startswith("#")]
    logical = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    found: list[list[Instruction]] = []
    for line in filter(str.strip, logical.splitlines()):
        name, _, arguments = line.strip().partition(" ")
        if name == "FROM":
            found.append([])
        found[-1].append((name, arguments.strip()))
    return found


def arguments(stage: list[Instruction], name: str) -> list[str]:
    return [given for each, given in stage if each == name]


def everything(name: str) -> list[str]:
    return [given for stage in stages() for given in arguments(stage, name)]


def pins(lock: str) -> dict[str, tuple[str, list[str]]]:
    """Version and hashes by name, from a lock file; a line of another form fails."""
    found: dict[str, tuple[str, list[str]]] = {}
    name = ""
    for line in (ROOT / lock).read_text().splitlines():
        stripped = line.removesuffix("\\").strip()
        if not stripped or stripped.startswith("#"):
            continue
        if pinned := re.fullmatch(r"([A-Za-z0-9._-]+)==(\S+)", stripped):
            name = canonicalize_name(pinned[1])
            found[name] = (pinned[2], [])
        else:
            hashed = re.fullmatch(r"--hash=sha256:([0-9a-f]{64})", stripped)
            assert hashed, f"{lock}: neither a pin nor a hash: {line!r}"
            found[name][1].append(hashed[1])
    return found


def project() -> dict[str, list[str]]:
    described = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {
        "requirements.lock": described["project"]["dependencies"],
        "requirements-build.lock": described["build-system"]["requires"],
    }


# The locks


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_within_its_range(lock: str) -> None:
    pinned = pins(lock)
    for requirement in map(Requirement, project()[lock]):
        name = canonicalize_name(requirement.name)
        assert name in pinned, f"{name} is not pinned; run `make lock`"
        assert requirement.specifier.contains(pinned[name][0]), (
            f"{name} is pinned outside {requirement.specifier}; run `make lock`"
        )


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_the_hashes_of_its_files(lock: str) -> None:
    assert all(hashes and len(set(hashes)) == len(hashes) for _, hashes in pins(lock).values())


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_no_place_and_no_option(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"--(?!hash=)|(^|\s)-[a-z]\b|(^|\s)/|@ ", text)


# The image


def test_the_base_is_a_pinned_minor_and_slim() -> None:
    bases = everything("FROM")
    assert len(bases) == 2
    assert all(re.match(r"python:3\.\d+(\.\d+)?-slim\b", base) for base in bases)
    assert len({base.split()[0] for base in bases}) == 1, "an environment is copied between the stages"
    minor = re.search(r":(3\.\d+)", bases[0])
    assert minor
    assert f"Programming Language :: Python :: {minor[1]}" in (ROOT / "pyproject.toml").read_text()


def test_everything_that_is_installed_is_held_to_a_hash_or_is_ours() -> None:
    commands = [part for run in everything("RUN") for part in re.split(r"&&|;", run) if re.search(r"\bpip\b", part)]
    installing = [shlex.split(part) for part in commands if re.search(r"\b(install|wheel|download)\b", part)]
    assert installing
    for command in installing:
        if "--require-hashes" in command:
            assert command[command.index("--requirement") + 1] in LOCKS
        else:
            assert {"--no-deps", "--no-index"} <= set(command), command


def test_nothing_is_fetched_from_an_address() -> None:
    assert everything("ADD") == []
    text = (ROOT / "Dockerfile").read_text()
    assert "://" not in text
    assert not re.search(r"\b(curl|wget|apt-get|apt|git)\b", text)


def test_the_user_is_a_number_and_not_root() -> None:
    users = arguments(stages()[-1], "USER")
    assert len(users) == 1
    user, _, group = users[0].partition(":")
    assert int(user) > 0
    assert int(group) > 0
    names = [name for name, _ in stages()[-1]]
    assert "RUN" not in names[names.index("USER") :], (
        "nothing is built as the user, so nothing belongs to it but its state"
    )


def test_the_command_is_the_product() -> None:
    final = stages()[-1]
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    (entry,) = (json.loads(given) for given in arguments(final, "ENTRYPOINT"))
    assert entry == ["portfolio-sync"]
    assert entry[0] in scripts


def test_state_is_in_the_only_volume_and_nothing_else_is_written() -> None:
    final = stages()[-1]
    environment = dict(pair.split("=", 1) for given in arguments(final, "ENV") for pair in shlex.split(given))
    assert arguments(final, "VOLUME") == [environment["PORTFOLIO_SYNC_STATE_DIR"]]
    assert environment["PYTHONDONTWRITEBYTECODE"] == "1"
    assert environment["PYTHONSAFEPATH"] == "1"


def test_what_is_copied_exists_and_is_let_through() -> None:
    ignored = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert ignored[0] == "*", "what is not named stays out"
    let_through = {line[1:] for line in ignored if line.startswith("!")}
    copied = [shlex.split(given)[:-1] for given in everything("COPY") if "--from" not in given]
    names = {name for given in copied for name in given}
    assert names == let_through
    assert all((ROOT / name).exists() for name in names)
    assert not any(fnmatch(name, pattern) for name in names for pattern in (".env*", "tests*", "portfolio.yaml"))
