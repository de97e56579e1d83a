# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whether a telephone heard what was to be said: the loudness of each 20 ms is compared with that of the prompts' files."""
import os
import struct
import wave

from .waiting import TooLate, until

LIKENESS = 0.8          # of the two curves, as a correlation; another announcement has less than 0.6
STEP = 0.02             # seconds


class Prompts:
    """The prompts of a folder, as the bridge reads them."""

    def __init__(self, folder):
        self.folder = folder

    def curve(self, announcement):
        """How loud each 20 ms of `announcement` ("closed+say:21") are."""
        return [step for name in names(announcement) for step in self._loudness(name)]

    def _loudness(self, name):
        with wave.open(os.path.join(self.folder, name + ".wav"), "rb") as file:
            data = file.readframes(file.getnframes())
            size = int(file.getframerate() * STEP)
        samples = struct.unpack(f"<{len(data) // 2}h", data)
        samples += (0,) * (-len(samples) % (size // 2))   # the bridge plays whole frames of 10 ms
        return [(sum(s * s for s in samples[at:at + size]) / size) ** 0.5 for at in range(0, len(samples) - size + 1, size)]


def names(announcement):
    """Mirrors src/services/speech.hpp."""
    result = []
    for part in announcement.split("+"):
        kind, _, value = part.partition(":")
        if not value:
            result.append(part)
        elif kind == "say":
            result += ["digit-star" if digit == "*" else f"digit-{digit}" for digit in value]
        elif kind == "time":
            hour, minute = (int(text) for text in value.split(":"))
            result += [f"hour-{hour}", f"minute-{minute}"] if minute else [f"time-{hour}"]
        elif kind == "date":
            month, day = (int(text) for text in value.split("-"))
            result += [f"date-{day}", f"month-{month}"]
        else:
            result.append(f"day-{value}" if kind == "day" else f"minute-{int(value)}")
    return result


def likeness(heard, wanted):
    """The best correlation of `wanted` with a part of `heard`; 0 if too little was heard."""
    size = len(wanted)
    mean = sum(wanted) / size
    pattern = [value - mean for value in wanted]
    power = sum(value * value for value in pattern)
    best = 0.0
    for start in range(0, len(heard) - size + 1):
        part = heard[start:start + size]
        level = sum(part) / size
        other = sum((value - level) ** 2 for value in part)
        if other > 0:
            best = max(best, sum((value - level) * weight for value, weight in zip(part, pattern)) / (power * other) ** 0.5)
    return best


def hears(phone, prompts, announcement, seconds=12):
    """Waits until the phone has heard the whole announcement since its last mark."""
    wanted = prompts.curve(announcement)
    last = [0.0]

    def said():
        last[0] = likeness(phone.do("envelope")["envelope"], wanted)
        return last[0] >= LIKENESS
    try:
        until(said, seconds, "it", every=0.25)
    except TooLate:
        raise TooLate(f"{phone.name} does not hear \"{announcement}\": likeness {last[0]:.2f}") from None
