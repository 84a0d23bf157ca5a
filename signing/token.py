"""The security token that holds the agencies' keys, spoken to through PKCS#11 (OASIS PKCS #11 v2.40).

One session on one thread for the whole process: python-pkcs11 starts the module without locks, and two sessions on two
threads crash it; and a token knows one login a process, whoever holds it there. Keys never leave the token; it signs
digests, with ECDSA (the "raw" mechanism) or RSA (PKCS #1 v1.5), which every token has. Scale by processes, not by
threads.
"""

import asyncio
import contextlib
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pkcs11
from asn1crypto import keys
from pkcs11.exceptions import PinIncorrect, PinLocked, PKCS11Error
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key

OPEN_TRIES = 5
BETWEEN_TRIES_SECONDS = 0.05
DIGEST_INFO = {
    32: bytes.fromhex("3031300d060960864801650304020105000420"),
    48: bytes.fromhex("3041300d060960864801650304020205000430"),
    64: bytes.fromhex("3051300d060960864801650304020305000440"),
}
"""By the digest's length (SHA-256, SHA-384, SHA-512): what RSA signs before it (RFC 8017, 9.2, note 1)."""
P256, P384, RSA3072 = "secp256r1", "secp384r1", "rsa3072"
RSA_BITS = {RSA3072: 3072}

_Answer = TypeVar("_Answer")


@dataclass
class _Opened:
    """A session, and the private keys found in it by label."""

    session: Any
    keys: dict[str, Any] = field(default_factory=dict)


_opened: dict[tuple[str, str, str], _Opened] = {}
"""By module, token and PIN. Touched on the thread only."""
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pkcs11")


class TokenUnavailable(Exception):
    """The token does not answer. Trying again may help: the next call opens a new session."""


class Token:
    """A PKCS#11 token by the path of its module, its label and its PIN. Nothing is opened before the first call."""

    def __init__(self, module_path: str, token_label: str, pin: str) -> None:
        self.module_path, self.token_label, self._pin = module_path, token_label, pin
        self._pin_refused = False

    def __repr__(self) -> str:
        return f"Token({self.token_label!r})"

    async def sign(self, key_label: str, digest: bytes) -> bytes:
        """The signature of a digest (SHA-256, 384 or 512): of ECDSA r and s, one after the other; of RSA as it is.

        Raises `TokenUnavailable`, also when the token has no such key: it may be the wrong token.
        """
        if len(digest) not in DIGEST_INFO:
            raise ValueError(f"{len(digest)} bytes to sign; a digest has one of {', '.join(map(str, DIGEST_INFO))}")
        return await self._on_the_thread(lambda: self._sign(key_label, digest))

    async def public_keys(self, labels: Iterable[str]) -> Mapping[str, bytes]:
        """The public keys (DER SubjectPublicKeyInfo, RFC 5280) by label. Raises `TokenUnavailable`."""
        return await self._on_the_thread(lambda: {label: self._public_key(label) for label in labels})

    async def create_keys(self, labels: Iterable[str], kind: str = P256) -> Mapping[str, bytes]:
        """Make the key pairs that the token does not have yet (a curve's name, or `RSA3072`); gives all their public
        keys, as `public_keys`."""
        return await self._on_the_thread(lambda: {label: self._create(label, kind) for label in labels})

    async def close(self) -> None:
        """Close the session; the next call opens another, whoever makes it."""
        await self._on_the_thread(lambda: _leave(self.module_path))

    async def _on_the_thread(self, work: Callable[[], _Answer]) -> _Answer:
        def guarded() -> _Answer:
            try:
                return work()
            except PKCS11Error as error:
                _leave(self.module_path)  # whatever it was, the session may be lost
                raise TokenUnavailable(f"token {self.token_label!r}: {type(error).__name__} {error}") from error

        return await asyncio.get_running_loop().run_in_executor(_thread, guarded)

    def _open(self) -> _Opened:
        """The session. Opening is tried again: it fails now and then when several processes open at once.

        A PIN that was refused is never tried again by this process: a token locks itself after a few.
        """
        ours = (self.module_path, self.token_label, self._pin)
        for attempt in range(OPEN_TRIES):
            if ours in _opened:
                break
            try:
                _opened[ours] = self._logged_in()
            except PKCS11Error:
                if self._pin_refused or attempt == OPEN_TRIES - 1:
                    raise
                _leave(self.module_path)
                time.sleep(BETWEEN_TRIES_SECONDS * (attempt + random.uniform(0.5, 1.5)))
        return _opened[ours]

    def _logged_in(self) -> _Opened:
        if self._pin_refused:
            raise PinIncorrect("was said before, and the PIN is not tried again until this process starts anew")
        try:
            token = pkcs11.lib(self.module_path).get_token(token_label=self.token_label)
            return _Opened(token.open(rw=True, user_pin=self._pin))
        except (PinIncorrect, PinLocked):
            self._pin_refused = True
            raise

    def _sign(self, label: str, digest: bytes) -> bytes:
        held = self._open()
        if label not in held.keys:
            held.keys[label] = held.session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=label)
        key = held.keys[label]
        if key.key_type is pkcs11.KeyType.RSA:
            return bytes(key.sign(DIGEST_INFO[len(digest)] + digest, mechanism=pkcs11.Mechanism.RSA_PKCS))
        return bytes(key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA))

    def _public_key(self, label: str) -> bytes:
        return _encoded(self._open().session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, label=label))

    def _create(self, label: str, kind: str) -> bytes:
        session = self._open().session
        try:
            return self._public_key(label)
        except pkcs11.NoSuchKey:
            if kind in RSA_BITS:
                public, _ = session.generate_keypair(pkcs11.KeyType.RSA, RSA_BITS[kind], store=True, label=label)
                return _encoded(public)
            curve = session.create_domain_parameters(
                pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(kind)}, local=True
            )
            public, _ = curve.generate_keypair(store=True, label=label)
            return _encoded(public)


def _leave(module_path: str) -> None:
    """Close every session of a module and the module itself: the next call finds its tokens anew.

    A module looks for its tokens once, at its start (C_Initialize); one that missed a token then, as SoftHSM does
    while another process opens it, would miss it for ever (PKCS #11 v2.40, 5.4).
    """
    for ours in [each for each in _opened if each[0] == module_path]:
        with contextlib.suppress(PKCS11Error):  # it was lost already, which is why we close it
            _opened.pop(ours).session.close()
    with contextlib.suppress(PKCS11Error):
        pkcs11.lib(module_path).finalize()


def _encoded(key: Any) -> bytes:
    """A public key as DER SubjectPublicKeyInfo (RFC 5280)."""
    if key.key_type is pkcs11.KeyType.RSA:
        inside = keys.RSAPublicKey.load(encode_rsa_public_key(key))
        return bytes(keys.PublicKeyInfo.wrap(inside, "rsa").dump())
    return bytes(encode_ec_public_key(key))


def create_token(folder: Path, module_path: str, token_label: str, pin: str) -> Token:
    """A SoftHSM2 token of our own in a state folder, for the local profile: made once, found again afterwards.

    Sets SOFTHSM2_CONF for this process (and its children); SoftHSM reads it when its module is first used.
    """
    store, conf = folder / "tokens", folder / "softhsm2.conf"
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    conf.write_text(f"directories.tokendir = {store}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(conf)
    if not any(store.iterdir()):
        command = ["softhsm2-util", "--init-token", "--free", "--label", token_label, "--pin", pin, "--so-pin", pin]
        subprocess.run([*command, "--module", module_path], check=True, capture_output=True)
    return Token(module_path, token_label, pin)
