# SPDX-License-Identifier: AGPL-3.0-or-later
"""Waiting is always for a condition and has a deadline; there is no other way to wait in these tests."""
import time


class TooLate(AssertionError):
    """The condition did not come true in time."""


def until(condition, seconds, what, every=0.02):
    """The first true result of `condition()`, asked every `every` seconds; TooLate after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() >= deadline:
            raise TooLate(f"waited {seconds} s in vain for: {what() if callable(what) else what}")
        time.sleep(every)


def holds(condition, seconds, what, every=0.05):
    """`condition()` must stay true for `seconds`: for what must not happen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not condition():
            raise AssertionError(f"did not hold for {seconds} s: {what() if callable(what) else what}")
        time.sleep(every)
