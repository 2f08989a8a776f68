"""The product writes to its state folder and the folder for temporary files, and nowhere else.

As in the image with a read-only root: every attempt to write elsewhere fails as it would there, without a home folder.
"""

import json
import textwrap
from pathlib import Path

import pytest

from tests.support.wheel import Installation, install

READ_ONLY_ROOT = """
    import errno, os, runpy, sys

    *writable, end = sys.argv[1 : sys.argv.index("--") + 1]
    sys.argv = sys.argv[sys.argv.index("--") + 1 :]
    CHANGES = {"os.mkdir", "os.rename", "os.link", "os.symlink", "os.truncate", "os.chmod", "sqlite3.connect"}

    def deny(event, arguments):
        if event == "open":
            path, mode, flags = arguments
            if not (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and not set(mode or "") & set("wax+"):
                return
        elif event in CHANGES:
            path = arguments[0]
        else:
            return
        if isinstance(path, int) or os.fsdecode(path) in (os.devnull, ":memory:"):
            return
        real = os.path.realpath(os.fsdecode(path))
        if not any(os.path.commonpath([real, folder]) == folder for folder in writable):
            raise OSError(errno.EROFS, "Read-only file system", real)

    sys.addaudithook(deny)
    runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return install(tmp_path_factory.mktemp("installation"))


class Container:
    """One start of the image: the script, on a root that cannot be written."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self.installation = installation
        self.state, self.temporary, self.portfolio = (folder / name for name in ("data", "tmp", "portfolio"))
        for each in (self.state, self.temporary, self.portfolio):
            each.mkdir()
        self.start = folder / "start.py"
        self.start.write_text(textwrap.dedent(READ_ONLY_ROOT))

    def bring_portfolio(self) -> None:
        """Mounts the sample's portfolio file, whose host nobody asks in these tests."""
        sample = self.installation.folder / "config" / "samples" / "digital-strategy.yaml"
        text = (
            sample.read_text(encoding="utf-8").replace("$base_url", "http://127.0.0.1:9").replace("$auth", "emulator")
        )
        (self.portfolio / "portfolio.yaml").write_text(text, encoding="utf-8")

    def run(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        ran = self.installation.python(
            *(str(self.start), str(self.state), str(self.temporary), "--", str(self.installation.script), *arguments),
            cwd=self.portfolio,
            PORTFOLIO_SYNC_STATE_DIR=str(self.state),
            TMPDIR=str(self.temporary),
            PYTHONSAFEPATH="1",
            **environment,
        )
        return ran.returncode, ran.stdout, ran.stderr


@pytest.fixture
def container(installation: Installation, tmp_path: Path) -> Container:
    return Container(installation, tmp_path.resolve())


def test_the_demo_needs_only_temporary_files_and_leaves_none(container: Container) -> None:
    code, out, err = container.run("demo", "--json")
    assert code == 0, err
    assert json.loads(out)["schema"] == 1
    assert list(container.temporary.iterdir()) == []
    assert list(container.state.iterdir()) == []


@pytest.mark.parametrize("home", [None, "/nonexistent"])
def test_what_is_remembered_is_in_the_state_folder(container: Container, home: str | None) -> None:
    container.bring_portfolio()
    code, _, err = container.run("runs", "list", **({"HOME": home} if home else {}))
    assert code == 0, err
    assert sorted(path.suffix for path in container.state.iterdir()) == [".mirror-key", ".sqlite"]
    assert list(container.temporary.iterdir()) == []


def test_this_test_would_notice_a_write_elsewhere(container: Container) -> None:
    container.bring_portfolio()
    elsewhere = container.portfolio / "elsewhere.sqlite"
    code, _, err = container.run("runs", "list", PORTFOLIO_SYNC_DATABASE_URL=f"sqlite:///{elsewhere}")
    assert code == 3
    assert "Read-only file system" in err
    assert not elsewhere.exists()
