# SPDX-License-Identifier: AGPL-3.0-or-later
"""A disk of a few hundred kilobytes that can be filled, emptied and made read-only: a tmpfs in a mount namespace.

A process holds the namespace, so that the disk outlives the daemon that is killed on it. Programs that use the disk
are started behind `enter`.
"""
import errno
import os
import subprocess

from .skip import Skip


class SmallDisk:
    def __init__(self, path, kilobytes):
        self.path = path
        os.makedirs(path, exist_ok=True)
        # Root may mount without a user namespace, which not every machine allows; others need one.
        if not (os.geteuid() == 0 and self._mount(kilobytes, [], [])) and \
                not self._mount(kilobytes, ["--user", "--map-root-user"], ["--user", "--preserve-credentials"]):
            raise Skip(f"no file system can be mounted here: {self._holder.stderr.read().strip()}")
        self._inside = f"/proc/{self._holder.pid}/root{path}"

    def _mount(self, kilobytes, unshare, enter):
        script = f'mount -t tmpfs -o size={kilobytes}k none "$0" && echo mounted && exec cat'
        self._holder = subprocess.Popen(["unshare", *unshare, "--mount", "sh", "-c", script, self.path],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.enter = ["nsenter", "--target", str(self._holder.pid), *enter, "--mount"]
        return self._holder.stdout.readline() == "mounted\n"

    def fill(self):
        """Until not one byte is left."""
        with open(os.path.join(self._inside, "ballast"), "ab", buffering=0) as ballast:
            for size in (4096, 1):
                try:
                    while True:
                        ballast.write(b"\0" * size)
                except OSError as error:
                    assert error.errno == errno.ENOSPC, error

    def empty(self):
        os.unlink(os.path.join(self._inside, "ballast"))

    def make_read_only(self, read_only=True):
        mode = "ro" if read_only else "rw"
        subprocess.run([*self.enter, "mount", "-o", f"remount,{mode}", self.path], check=True)

    def close(self):
        self._holder.stdin.close()
        self._holder.wait(10)
