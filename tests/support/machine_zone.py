"""A machine whose own time zone is not the one that tests happen to run in."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch


@contextmanager
def machine_in(zone: str) -> Iterator[None]:
    """The process's own zone for a while: that of a server nobody has set to UTC."""
    with patch.dict(os.environ, {"TZ": zone}):
        time.tzset()
        yield
    time.tzset()
