"""`make fuzz`: coverage-guided bytes for one target, for a given time, from a given seed.

    python -m tests.fuzz.run batch --seconds 600 --seed 1

What breaks a promise is written into build/fuzz and ends the run with a status other than 0. One input may take ten
seconds.
"""

import argparse
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["connectors.emulator"], enable_loader_override=False):
    from tests.fuzz.targets import targets

SECONDS_FOR_ONE = 10
MEGABYTES = 4096


def main() -> None:
    """Fuzz one target until the time is over or a promise is broken."""
    known = targets()
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description="Fuzz one reader of foreign bytes.")
    parser.add_argument("target", choices=sorted(known))
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    target, folder = known[given.target], Path("build/fuzz") / given.target
    (folder / "seeds").mkdir(parents=True, exist_ok=True)
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (folder / "seeds" / f"{number:03}").write_bytes(seed)
    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={given.seconds}",
            f"-seed={given.seed}",
            f"-timeout={SECONDS_FOR_ONE}",
            f"-rss_limit_mb={MEGABYTES}",
            "-max_len=4096",
            "-print_final_stats=1",
            "-verbosity=0",
            f"-artifact_prefix={folder}/",
            str(folder / "corpus"),
            str(folder / "seeds"),
        ],
        target.check,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
