# SPDX-License-Identifier: AGPL-3.0-or-later
"""A figure: what it is of, ours beside the peer's and their ratio; as a line of a table or as one JSON object."""
import json
import statistics


class Report:
    def __init__(self, as_json):
        self._as_json = as_json
        if not as_json:
            print(f"{'figure':42} {'rate':>10} {'ours':>10} {'peer':>10} {'ratio':>7}  unit", flush=True)

    def figure(self, name, ours, unit, peer=None, rate=None, peer_name=None):
        """`ours` and `peer`: one value, or those of several rounds, of which the median counts.

        The ratio is the median of the rounds' ratios: what disturbed a round disturbed both servers.
        """
        ratio = None
        if isinstance(ours, list):
            if peer:
                ratio = statistics.median(a / b for a, b in zip(ours, peer) if b)
                peer = statistics.median(peer)
            ours = statistics.median(ours)
        elif peer:
            ratio = ours / peer
        if peer_name:
            name = f"{name} ({peer_name})"
        if self._as_json:
            rounded = [None if value is None else round(value, 4) for value in (ours, peer, ratio)]
            print(json.dumps({"name": name, "rate": rate, "ours": rounded[0], "peer": rounded[1], "ratio": rounded[2],
                              "unit": unit}), flush=True)
            return
        cells = ["-" if value is None else f"{value:.3g}" if value < 1000 else f"{value:.0f}" for value in (ours, peer)]
        print(f"{name:42} {rate or '-':>10} {cells[0]:>10} {cells[1]:>10} {'-' if ratio is None else f'{ratio:.2f}':>7}  {unit}",
              flush=True)
