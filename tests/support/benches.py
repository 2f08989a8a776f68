"""Every store that the suite of a list store's promises is held against: two, and a real site where one is named."""

import os
from contextlib import AbstractContextManager
from typing import Any

from tests.support.liststore_live import live_bench
from tests.support.liststore_world import Bench, memory_bench, sharepoint_bench
from tests.support.live import SITE

BENCHES: dict[str, Any] = {"memory": memory_bench, "sharepoint": sharepoint_bench}
if os.environ.get(SITE):
    BENCHES["live"] = live_bench


def bench(name: str) -> AbstractContextManager[Bench]:
    """The store of this name with its list in place, until the block ends."""
    return BENCHES[name]()  # type: ignore[no-any-return]
