"""Effects, behind ports."""
