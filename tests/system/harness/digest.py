# SPDX-License-Identifier: AGPL-3.0-or-later
"""Digest authentication as a phone does it (RFC 8760): written from the RFC, so that the daemons are not their own judge."""
import hashlib
import re

_ALGORITHMS = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


def hashed(algorithm, text):
    return _ALGORITHMS[algorithm.upper()](text.encode("utf-8", "surrogateescape")).hexdigest()


def parse_challenge(value):
    """The parameters of a WWW-Authenticate or Proxy-Authenticate value."""
    scheme, _, rest = value.partition(" ")
    parameters = {key.lower(): quoted or plain
                  for key, quoted, plain in re.findall(r'([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s,]*))', rest)}
    parameters["scheme"] = scheme
    parameters.setdefault("algorithm", "MD5")
    return parameters


def choose(values, algorithm=None):
    """The first challenge that can be answered, or the one with `algorithm`."""
    for value in values:
        challenge = parse_challenge(value)
        if challenge["algorithm"].upper() in _ALGORITHMS and algorithm in (None, challenge["algorithm"]):
            return challenge
    return None


def answer(challenge, account, password, method, uri, count=1, cnonce="0a4f113b"):
    def one(text):
        return hashed(challenge["algorithm"], text)

    secret = one(f"{account}:{challenge['realm']}:{password}")
    request = one(f"{method}:{uri}")
    fields = f'username="{account}", realm="{challenge["realm"]}", nonce="{challenge["nonce"]}", uri="{uri}"'
    if "qop" in challenge:
        response = one(f"{secret}:{challenge['nonce']}:{count:08x}:{cnonce}:auth:{request}")
        fields += f', qop=auth, nc={count:08x}, cnonce="{cnonce}"'
    else:
        response = one(f"{secret}:{challenge['nonce']}:{request}")
    if "opaque" in challenge:
        fields += f', opaque="{challenge["opaque"]}"'
    return f'Digest {fields}, response="{response}", algorithm={challenge["algorithm"]}'
