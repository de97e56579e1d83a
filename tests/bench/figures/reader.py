# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a message costs in the program, without the kernel: reading it, beside belle-sip's own parser; its whole path."""
import json
import subprocess

_KINDS = ("invite", "register", "ringing")


def measure(bench):
    times = {}
    for _ in range(bench.rounds):
        for run in _results(bench.programs["bench_reader"], "--benchmark_filter=^(read|marshal|belleSipParse)/"):
            times.setdefault(run["name"], []).append(run["cpu_time"] / 1000)
    for kind in _KINDS:
        bench.report.figure(f"read, {kind}", times[f"read/{kind}"], "us", times[f"belleSipParse/{kind}"], peer_name="belle-sip")
    for kind in _KINDS:
        bench.report.figure(f"write, {kind}", times[f"marshal/{kind}"], "us")
    paths = {}
    for _ in range(bench.rounds):
        for run in _results(bench.programs["bench_path"]):
            paths.setdefault(run["name"].split("/")[1], []).append(run["us_per_message"])
    for dialogue, values in paths.items():
        bench.report.figure(f"whole path, message of a {dialogue}", values, "us")


def _results(program, *arguments):
    output = subprocess.run([program, "--benchmark_format=json", "--benchmark_min_time=0.2", *arguments], check=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return json.loads(output)["benchmarks"]
