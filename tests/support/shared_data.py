"""Where the public data beside the project lies, and how a test says that it needs it."""

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).parents[2].parent / "shared" / "data"

needs_shared_data = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the public data is not beside the project (../shared/data)"),
]
