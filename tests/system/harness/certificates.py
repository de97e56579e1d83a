# SPDX-License-Identifier: AGPL-3.0-or-later
"""Certificates for TLS, made by the command openssl: of an authority of the scenario's own."""
import os
import subprocess

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def openssl(*arguments, text=None):
    result = subprocess.run(["openssl", *arguments], input=text, capture_output=True, text=True, timeout=30)
    assert result.returncode == 0, f"openssl {' '.join(arguments)}: {result.stderr}"
    return result.stdout


class Authority:
    """Its certificate is in `certificate`, what it issues in the same folder."""

    def __init__(self, folder, name="authority"):
        self.folder, self.name = os.path.join(folder, name), name
        os.makedirs(self.folder)
        self.certificate, self._key = self.path("authority.pem"), self.path("authority.key")
        openssl("req", "-x509", *KEY, "-days", "3650", "-subj", f"/CN={name} of the test", "-keyout", self._key,
                "-out", self.certificate)

    def path(self, name):
        return os.path.join(self.folder, name)

    def issue(self, name, alternatives, days=365):
        """The paths of a certificate for `alternatives` ("DNS:town.example,IP:127.0.0.1") and of its key."""
        certificate, key = self.path(f"{name}.pem"), self.path(f"{name}.key")
        request, extensions = self.path(f"{name}.csr"), self.path(f"{name}.ext")
        with open(extensions, "w") as file:
            file.write(f"subjectAltName={alternatives}\n")
        openssl("req", *KEY, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial",
                "-days", str(days), "-extfile", extensions, "-out", certificate)
        return certificate, key

    def issue_for_exchange(self, name="exchange", days=365):
        """For how telephones call the exchange here; some look for addresses among the DNS names."""
        return self.issue(name, "DNS:mairie.test,DNS:127.0.0.1,IP:127.0.0.1", days)
