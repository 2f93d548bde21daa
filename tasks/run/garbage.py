"""How often Python looks for garbage in a process of ours."""

import gc

MANY = 50_000  # new objects


def look_seldom() -> None:
    """Look for garbage seldom: a short process would spend a tenth of its time on that."""
    gc.set_threshold(MANY)
