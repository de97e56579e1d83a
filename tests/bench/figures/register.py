# SPDX-License-Identifier: AGPL-3.0-or-later
"""CPU of all processes of a server for 1000 digest registrations, first ones (a durable commit each) and renewals."""
from rig import town
from rig.loads import Loads

_UNIT = "CPU s / 1000 registrations"
_SECONDS = 10
_FASTEST_DURABLE = 200  # Kamailio with its database cannot be relied on to follow a faster load


def measure(bench):
    for rate in bench.rates or (200, 1000):
        numbers = town.NUMBERS[:rate * _SECONDS]
        servers = [bench.ours(), bench.kamailio()]
        if rate <= _FASTEST_DURABLE:
            servers.append(bench.kamailio(durable=True))
        spent = {server.name: ([], []) for server in servers}
        for _ in range(bench.rounds):
            for server in servers:
                with bench.running(server):
                    loads = Loads(server, bench.folder)
                    for kind in spent[server.name]:
                        kind.append(loads.register(numbers, rate) / len(numbers) * 1000)
        for index, what in enumerate(("register, first time", "register, renewal")):
            for server in servers[1:]:
                bench.report.figure(what, spent["beffroid"][index], _UNIT, spent[server.name][index], f"{rate}/s", server.name)
