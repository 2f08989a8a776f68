"""What the tests of third parties' clients have in common."""

from collections.abc import Iterator

import pytest

from tests.support.office import Office365, running_office


@pytest.fixture
def office() -> Iterator[Office365]:
    """office365-rest-python-client at an embedded SharePoint."""
    with running_office() as running:
        yield running


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long office365-rest-python-client wanted to wait, each time it did."""
    found: list[float] = []
    monkeypatch.setattr("office365.runtime.retry.sleep", found.append)
    return found
