# SPDX-License-Identifier: AGPL-3.0-or-later
"""CPU of the bridge for one room, and that everybody in it is heard without a gap while others come and go."""
import json
import os
import resource
import subprocess
import sys

from harness.exchange import Exchange

from rig import town

# name, members, codec, talkers, more of room_load's options
_ROOMS = [("100 A-law members, all talking", 100, "PCMA", 100, []), ("100 Opus members, 3 talking", 100, "opus", 3, []),
          ("400 A-law members, 3 talking", 400, "PCMA", 3, []), ("800 A-law members, 3 talking", 800, "PCMA", 3, []),
          ("800 A-law members, 3 talking, 797 who only listen", 800, "PCMA", 3, ["--listeners"])]
_SECONDS = 10
_VISITORS = 4
_SENTENCE = 20  # ms between two packets


def measure(bench):
    if "room_load" not in bench.programs:
        sys.exit("room_load is not built: packaging/dependencies install bench, then configure and build again")
    _allow_descriptors()
    _go_first()
    for name, members, codec, talkers, more in _ROOMS:
        try:
            rounds = [_one(bench, members, codec, talkers, more) for _ in range(bench.rounds)]
        except subprocess.CalledProcessError:
            print(f"note: room of {name}: not measured, see above", file=sys.stderr)
            continue
        bench.report.figure(f"room of {name}", [each["cpu_percent"] for each in rounds], "% of a core")
        for what, key in (("packets lost", "lost"), ("jumps in the time stamps", "jumps"), ("silent packets", "silent")):
            bench.report.figure(f"  {what}, worst round", max(each[key] for each in rounds), f"of {rounds[0]['expected']}")
        bench.report.figure("  longest gap between packets", [each["longest_gap_ms"] for each in rounds], "ms")
        for each in rounds:
            _check(name, each, talkers)


def _one(bench, members, codec, talkers, more):
    folder = os.path.join(bench.folder, "room")
    os.makedirs(folder, exist_ok=True)
    exchange = Exchange(bench.programs, folder, town.write_plan(folder), media_slots=160)
    try:
        exchange.start_bridge()
        result = subprocess.run(
            [bench.programs["room_load"], "--bridge", exchange.bridge_address, "--members", str(members), "--codec", codec,
             "--talkers", str(talkers), "--visitors", str(_VISITORS), "--seconds", str(_SECONDS), "--pid",
             str(exchange.bridge.pid), *more], stdout=subprocess.PIPE, text=True, check=True, timeout=180)
        return json.loads(result.stdout)
    finally:
        exchange.close()


def _check(name, result, talkers):
    """What would make the figure one of something else than a working room."""
    assert result["hear_themselves"] == 0, f"{name}: {result['hear_themselves']} hear themselves"
    if talkers <= 3:
        assert result["fewest_tones"] >= talkers - 1, f"{name}: somebody hears {result['fewest_tones']} of {talkers} voices"
    if result["load_late_ms"] > 2 * _SENTENCE:
        print(f"note: {name}: the load itself was late by {result['load_late_ms']:.0f} ms", file=sys.stderr)


def _go_first():
    """Voice does not wait: on a machine that does other work its late packets would be measured as the bridge's."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    except PermissionError:
        print("note: without the right to go first, other work on this machine delays the voice", file=sys.stderr)


def _allow_descriptors():
    """Two sockets for each member, here and in the bridge."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
