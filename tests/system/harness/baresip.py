# SPDX-License-Identifier: AGPL-3.0-or-later
"""baresip, a telephone of others: it plays a tone into its microphone, answers by itself, and says in its log what it does."""
import math
import os
import shutil
import socket
import struct
import subprocess
import wave

from .ports import MediaPorts, free_port
from .skip import Skip

CONFIG = """
module_path {modules}
module uuid.so
module account.so
module g711.so
module aufile.so
module aubridge.so
module_app menu.so
audio_source aufile,{sound}
audio_player aubridge,nowhere
audio_alert aubridge,nowhere
sip_listen 127.0.0.1:{port}
rtp_ports {first}-{last}
"""
TONE = 1000


def two_free_ports():
    """The first of two: baresip takes the one behind it for TLS, whether or not it has any."""
    while True:
        first = free_port()
        with socket.socket() as next_one:
            try:
                next_one.bind(("127.0.0.1", first + 1))
                return first
            except (OSError, OverflowError):
                continue


def require_baresip():
    if not shutil.which("baresip"):
        raise Skip("baresip is not installed")


class Baresip:
    """Registers device `account` by `transport`; with flows of RFC 5626 if `outbound`. By TLS it trusts `authority`, a file."""

    def __init__(self, world, account, transport, authority=None, outbound=False):
        name = f"baresip-{transport}-{'flow' if outbound else 'plain'}"
        self._folder = os.path.join(world.folder, name)
        os.makedirs(self._folder)
        device = world.devices[account]
        modules = next(path for path in ("/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules") if os.path.isdir(path))
        media = world.keep(MediaPorts())
        config = CONFIG.format(modules=modules, sound=self._sound(), port=two_free_ports(), first=media.first, last=media.last)
        if authority:
            config += f"sip_cafile {authority}\n"
        self._write("config", config)
        server = world.exchange.tls_host_port if transport == "tls" else world.exchange.host_port
        self._write("accounts", f'<sip:{device["extension"]}@{server};transport={transport}>;auth_user={account};'
                                f'auth_pass={device["password"]};answermode=auto;regint=600'
                    + (f';sipnat=outbound;outbound1="sip:{server};transport={transport}"' if outbound else "") + "\n")
        self._log = open(os.path.join(world.folder, f"{name}.log"), "w")
        self._child = subprocess.Popen(["baresip", "-f", self._folder], stdin=subprocess.DEVNULL, stdout=self._log,
                                       stderr=self._log, cwd=world.folder)
        world.keep(self)

    def _sound(self):
        """A minute of the tone."""
        path = os.path.join(self._folder, "tone.wav")
        with wave.open(path, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            second = b"".join(struct.pack("<h", round(6000 * math.sin(2 * math.pi * TONE * n / 8000))) for n in range(8000))
            file.writeframes(second * 60)
        return path

    def _write(self, name, text):
        with open(os.path.join(self._folder, name), "w") as file:
            file.write(text)

    def log(self):
        with open(self._log.name, errors="replace") as file:
            return file.read()

    def kill(self):
        self._child.kill()
        self._child.wait(15)

    def close(self):
        """It unregisters when it is asked to end."""
        if self._child.poll() is None:
            self._child.terminate()
            self._child.wait(15)
        self._log.close()
