# SPDX-License-Identifier: AGPL-3.0-or-later
"""Kamailio with ../kamailio.cfg and a folder of its own: what the exchange is compared with."""
import glob
import os
import re
import signal
import sqlite3
import subprocess
import time

from harness.digest import hashed
from harness.plans import password
from harness.ports import free_port
from harness.process import process_tree
from harness.waiting import until

from . import town
from .options import answers_options

_TABLES = "/usr/share/kamailio/db_sqlite/%s-create.sql"
_TEMPLATE = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "kamailio.cfg")


class Kamailio:
    def __init__(self, folder, durable=False):
        self.name = "kamailio-durable" if durable else "kamailio"
        self.folder = os.path.join(folder, self.name)
        os.makedirs(self.folder, exist_ok=True)
        self.durable = durable
        self.database = os.path.join(self.folder, "kamailio.db")
        self.port = None
        self._child = None

    @property
    def host_port(self):
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self._child.pid

    def start(self):
        """On an empty table of bindings."""
        for left_over in glob.glob(self.database + "*"):
            os.unlink(left_over)
        self._fill_database()
        self.launch()

    def launch(self):
        """With the bindings that are in the database, if it is the durable one; seconds until OPTIONS is answered."""
        self.port = self.port or free_port()
        configuration = os.path.join(self.folder, "kamailio.cfg")
        with open(_TEMPLATE) as template, open(configuration, "w") as file:
            file.write(self._filled_in(template.read()))
        begin = time.monotonic()
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self._child = subprocess.Popen(
                ["kamailio", *(["-A", "DURABLE"] if self.durable else []), "-f", configuration, "-m", "2048", "-M", "16", "-DD", "-E"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, start_new_session=True)
        answers_options(self, 20)
        return time.monotonic() - begin

    def _filled_in(self, text):
        modules = glob.glob("/usr/lib/*/kamailio/modules")[0]
        values = {"ADDRESS": self.host_port, "MODULES": modules + "/", "FOLDER": self.folder, "DATABASE": self.database,
                  "REALM": town.REALM}
        return re.sub(r"@([A-Z]+)@", lambda match: values[match.group(1)], text)

    def _fill_database(self):
        connection = sqlite3.connect(self.database)
        for table in ("standard", "auth_db", "usrloc"):
            with open(_TABLES % table) as file:
                connection.executescript(file.read())
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executemany(
            "INSERT INTO subscriber (username, domain, password, ha1, ha1b) VALUES (?, ?, '', ?, '')",
            [(str(number), town.REALM, hashed("MD5", f"{number}:{town.REALM}:{password(number)}")) for number in town.NUMBERS])
        connection.commit()
        connection.close()

    def bindings(self):
        """How many it knows."""
        answer = subprocess.run(["kamcmd", "-s", f"unix:{self.folder}/control", "stats.fetch", "usrloc:"], capture_output=True,
                                text=True, timeout=30)
        return int(re.search(r"location_contacts: (\d+)", answer.stdout).group(1))

    def stop(self):
        if self._child is None:
            return
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self.crash()
        self._child = None

    def crash(self):
        """kill -9 of all its processes."""
        for pid in process_tree(self.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self._child.wait(10)
        until(lambda: len(process_tree(self.pid)) == 1, 10, "all of Kamailio is gone")
        self._child = None
