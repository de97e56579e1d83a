# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a server occupies with 10,000 registered phones, and before they came."""
from harness.process import memory_kb, process_tree

from rig import town
from rig.loads import Loads


def measure(bench):
    before, after = {}, {}
    for server in (bench.ours(), bench.kamailio()):
        with bench.running(server):
            before[server.name] = _resident_mb(server)
            Loads(server, bench.folder).register(town.NUMBERS, 1000)
            after[server.name] = _resident_mb(server)
            assert server.bindings() == len(town.NUMBERS), f"{server.name} has {server.bindings()} bindings"
    for what, values in (("memory, nobody registered", before), ("memory, 10,000 registered", after)):
        bench.report.figure(what, values["beffroid"], "MB", values["kamailio"], peer_name="kamailio")


def _resident_mb(server):
    """Resident memory; of a server of several processes with the pages that they share counted once."""
    members = process_tree(server.pid)
    if len(members) > 1:
        return memory_kb(server.pid) / 1024
    with open(f"/proc/{members[0]}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024
