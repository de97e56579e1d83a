# SPDX-License-Identifier: AGPL-3.0-or-later
"""CPU of all processes of a server for 1000 authenticated calls between phones."""
from rig import town
from rig.loads import Loads

_SECONDS = 10


def measure(bench):
    callees = range(town.CALLEES_FROM, town.NUMBERS[-1] + 1)
    for rate in bench.rates or (100, 500):
        servers = [bench.ours(), bench.kamailio()]
        spent = {server.name: [] for server in servers}
        for _ in range(bench.rounds):
            for server in servers:
                with bench.running(server):
                    loads = Loads(server, bench.folder)
                    loads.register(callees, 1000)
                    count = rate * _SECONDS
                    spent[server.name].append(loads.call(count, rate, bench.settle) / count * 1000)
        bench.report.figure("authenticated call", spent["beffroid"], "CPU s / 1000 calls", spent["kamailio"], f"{rate}/s", "kamailio")
