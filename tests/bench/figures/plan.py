# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long it takes to put 10,000 people, extensions and telephones in force, and then one change of them while registered."""
import os
import resource
import shutil
import time

from harness import plans
from harness.process import cpu_seconds
from rig import town
from rig.loads import Loads

_RATE = 200


def _write_plan(folder):
    path = os.path.join(folder, "people.toml")
    with open(path, "w") as file:
        file.write(plans.town(town.REALM) + plans.phones(town.NUMBERS, town.REALM))
        file.writelines(f'[[person]]\nid = "p{number}"\nname = "Agent {number}"\n' for number in town.NUMBERS)
    return path


def _write_table(folder):
    path = os.path.join(folder, "people.csv")
    with open(path, "w") as file:
        file.write("extension.number,person.id,person.name\n")
        file.writelines(f"{number},p{number},Agent {number}\n" for number in town.NUMBERS)
    return path


def _cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _timed(server, *arguments, clock=time.monotonic):
    begin = clock()
    result = server.exchange.command("plan", *arguments)
    taken = clock() - begin
    assert result.returncode == 0, f"plan {' '.join(arguments)}: {result.stdout[-500:]}{result.stderr[-500:]}"
    return taken


def measure(bench):
    server = bench.ours()
    plan, table = _write_plan(bench.folder), _write_table(bench.folder)
    whole, merged = [], []
    for _ in range(bench.rounds):
        shutil.rmtree(server.exchange.data)
        os.makedirs(server.exchange.data)
        whole.append(_timed(server, "apply", plan, "--offline"))
        merged.append(_timed(server, "import", table, "--offline"))
    bench.report.figure("plan of 10,000 put in force", whole, "s")
    bench.report.figure("table of 10,000 merged into it", merged, "s")
    shutil.rmtree(server.exchange.data)
    os.makedirs(server.exchange.data)
    bench.report.figure("CPU for the one", _timed(server, "apply", plan, "--offline", clock=_cpu), "s")
    bench.report.figure("CPU for the other", _timed(server, "import", table, "--offline", clock=_cpu), "s")
    with bench.running(server):
        Loads(server, bench.folder).register(town.NUMBERS, _RATE)
        known = server.bindings()
        first = _timed(server, "set", "extension", "10007", "label=Agent")
        before = cpu_seconds(server.pid)
        changes = [_timed(server, "set", "extension", "10007", f"label=Agent {turn}") for turn in range(20)]
        busy = (cpu_seconds(server.pid) - before) / len(changes)
        assert server.bindings() == known, "a change of one label lost registrations"
    bench.report.figure("one change of it, the first", first * 1000, "ms")
    bench.report.figure("one change of it, those that follow", [taken * 1000 for taken in changes], "ms")
    bench.report.figure("the exchange's CPU for it", busy * 1000, "ms")
