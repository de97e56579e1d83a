# SPDX-License-Identifier: AGPL-3.0-or-later
"""From the start of a server that was killed with 10,000 bindings until it answers, with all that it had."""
from rig import town
from rig.loads import Loads

_RATE = 200  # which Kamailio with its database can follow


def measure(bench):
    taken = {}
    for server in (bench.ours(), bench.kamailio(durable=True)):
        with bench.running(server):
            Loads(server, bench.folder).register(town.NUMBERS, _RATE)
            known = server.bindings()  # of Kamailio a few less: what its database refused
            assert known > 0.99 * len(town.NUMBERS), f"{server.name} has {known} bindings"
            taken[server.name] = []
            for _ in range(max(bench.rounds, 5)):
                server.crash()
                taken[server.name].append(server.launch())
                found = server.bindings()
                assert found == known, f"{server.name} has {found} of {known} bindings after its restart"
    bench.report.figure("restart with 10,000 bindings", taken["beffroid"], "s", taken["kamailio-durable"], peer_name="kamailio-durable")
    bench.report.figure("the slowest of them", max(taken["beffroid"]), "s", max(taken["kamailio-durable"]), peer_name="kamailio-durable")
