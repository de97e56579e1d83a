# SPDX-License-Identifier: AGPL-3.0-or-later
"""A network namespace for one scenario: its programs have a firewall and ports of their own, and reach nothing else."""
import ctypes
import os
import subprocess

from .skip import Skip

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000   # CLONE_NEWUSER, CLONE_NEWNET


def enter_own_network(*addresses):
    """From now on for this process and what it starts: to be called before it has threads. `addresses` beside 127.0.0.0/8."""
    user, group = os.geteuid(), os.getegid()
    library = ctypes.CDLL(None, use_errno=True)
    if library.unshare(_NEW_NETWORK if user == 0 else _NEW_USER | _NEW_NETWORK) != 0:
        raise Skip(f"no network namespace can be made here: {os.strerror(ctypes.get_errno())}")
    if user != 0:
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in addresses:
        subprocess.run(["ip", "address", "add", address, "dev", "lo", *(["nodad"] if ":" in address else [])], check=True)
