# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a scenario is given: an exchange with the scenario's plan, and phones and peers that know their passwords."""
import os
import tomllib

from .exchange import Exchange
from .phones import Phone, PhoneProcess
from .ports import MediaPorts, free_port
from .sip_peer import Account, SipPeer
from .sipp import Sipp

DEFAULT_TONES = [350, 440, 570, 690, 810, 930, 1070, 1210, 1370, 1530]


class World:
    def __init__(self, programs, scenario_folder, folder):
        self.programs, self.source, self.folder = programs, scenario_folder, folder
        self._open = []
        self._phones = None
        self._tones = list(DEFAULT_TONES)
        self.exchange = None
        self.devices = {}
        plan = os.path.join(scenario_folder, "plan.toml")
        if os.path.exists(plan):
            self.use_plan(plan)

    def use_plan(self, path):
        self.plan = path
        with open(path, "rb") as file:
            content = tomllib.load(file)
        self.domain = content["town"]["realm"]
        self.devices = {device["account"]: device for device in content.get("device", [])}

    def write_plan(self, text, name="plan.toml"):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def prepare_exchange(self, **options):
        """An exchange that is configured and not started."""
        self.exchange = self.keep(Exchange(self.programs, self.folder, self.plan, **options))
        return self.exchange

    def start_exchange(self, **options):
        self.prepare_exchange(**options).start()
        return self.exchange

    def keep(self, resource):
        """Closed at the end, the last one first."""
        self._open.append(resource)
        return resource

    def more_phones(self):
        """A second process of phones, which may be killed."""
        return self.keep(PhoneProcess(self.programs["beffroi-test-phone"], self.folder, f"phones-{len(self._open)}"))

    def phone(self, account, transport="udp", process=None, tone=None, **setup):
        """A phone with this device of the plan; every phone has a tone of its own. By TLS it trusts `authority`, a file."""
        device = self.devices.get(account, {"extension": account, "password": ""})
        if self._phones is None:
            self._phones = self.keep(PhoneProcess(self.programs["beffroi-test-phone"], self.folder))
        setup.setdefault("password", device["password"])
        setup.setdefault("number", device["extension"])
        name = setup.pop("name", account)
        media = self.keep(MediaPorts())
        return Phone(process or self._phones, name, tone or self._tones.pop(0), account=account, domain=self.domain,
                     server=self.exchange.tls_host_port if transport == "tls" else self.exchange.host_port, transport=transport,
                     **{"first-rtp-port": media.first, "last-rtp-port": media.last}, **setup)

    def registered_phones(self, *accounts, **setup):
        phones = [self.phone(account, **setup) for account in accounts]
        for phone in phones:
            phone.register()
        return phones

    def peer(self, transport="udp", **options):
        """`address`: of its own; it speaks to the exchange there if that listens there, as with IPv6, else at its first one."""
        address = options.setdefault("address", self.exchange.address)
        server = address if address in self.exchange.also else self.exchange.address
        port = self.exchange.tls_port if transport == "tls" else self.exchange.port
        return self.keep(SipPeer((server, port), transport, **options))

    def account(self, account, peer=None, algorithm=None):
        device = self.devices[account]
        return Account(peer or self.peer(), self.domain, device["extension"], account, device["password"], algorithm)

    def sipp(self, scenario, **options):
        sipp = Sipp(self.folder, os.path.join(self.source, scenario), **options)
        self._open.append(_Stopping(sipp))
        return sipp

    def free_port(self):
        return free_port()

    def close(self):
        """Every error on the way out is reported, none keeps the rest open."""
        errors = []
        for resource in reversed(self._open):
            try:
                resource.close()
            except Exception as error:  # pylint: disable=broad-except
                errors.append(f"{type(error).__name__}: {error}")
        self._open = []
        if errors:
            raise AssertionError("on the way out: " + "; ".join(errors))


class _Stopping:
    def __init__(self, sipp):
        self._sipp = sipp

    def close(self):
        self._sipp.stop()
