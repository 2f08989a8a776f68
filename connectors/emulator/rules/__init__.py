"""The rules a world is served under: what requests cost, what goes wrong, how long it takes, what is remembered."""
