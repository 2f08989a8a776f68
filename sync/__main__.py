"""`python -m sync`. Prefer the console script: it cannot be shadowed by a folder in the current directory."""

from sync.cli.startup import main

main()
