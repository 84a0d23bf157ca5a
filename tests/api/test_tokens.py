"""ID tokens, from the real provider on loopback."""

import asyncio
import base64
import json
import socket
import time
from collections.abc import Iterator

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from api.tokens import ALGORITHMS, Identity, Issuer, NotSignedIn, identity
from exchange.counterparts import identity as counterpart
from exchange.errors import OfficeDown
from settings import Settings

BACK = "http://localhost/back"
ISSUER = "https://issuer.example"
CLIENT, SECRET = "bizportal", "local-secret-of-the-door"


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def issuer_url() -> Iterator[str]:
    port = a_free_port()
    provider = counterpart.Identity(port, ["fda"], CLIENT, SECRET)
    provider.start()
    yield f"http://localhost:{port}"
    provider.stop()


async def a_token(issuer_url: str, persona: str = "applicant", scope: str = counterpart.SCOPE) -> str:
    return await counterpart.id_token(issuer_url, CLIENT, SECRET, BACK, persona, scope=scope)


def forged(token: str, **changes: object) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    text = base64.urlsafe_b64encode(json.dumps({**claims, **changes}).encode()).rstrip(b"=").decode()
    return f"{head}.{text}.{signature}"


async def test_a_token_of_the_issuer_says_who_it_is(issuer_url: str) -> None:
    found = await Issuer(issuer_url, CLIENT).who(await a_token(issuer_url))

    assert isinstance(found, Identity)
    assert (found.subject, found.given_name, found.assurance) == ("applicant", "สมชาย", "2.3")
    assert len(found.pid) == 13
    assert (found.phone, found.address) == ("", "")


async def test_telephone_and_address_are_said_to_who_asks_for_them(issuer_url: str) -> None:
    asked = Settings.model_fields["oidc_scope"].default
    found = await Issuer(issuer_url, CLIENT).who(await a_token(issuer_url, scope=asked))

    assert found.phone == "+6620000000" and found.address.endswith("จังหวัดเชียงใหม่")
    assert found.phone not in repr(found) and found.address not in repr(found)


@pytest.mark.parametrize(
    ("claims", "phone", "address"),
    [
        ({}, "", ""),
        ({"phone_number": "020000000", "address": "1  ตำบลสุเทพ"}, "020000000", "1 ตำบลสุเทพ"),
        ({"address": {"formatted": "1\nตำบลสุเทพ"}}, "", "1 ตำบลสุเทพ"),
        ({"address": "on the card", "house_address": "in the house register"}, "", "in the house register"),
        ({"phone_number": 20000000, "address": {"region": "เชียงใหม่"}}, "", ""),
        ({"phone_number": "0" * 301, "address": "\x00"}, "", ""),
    ],
)
def test_what_is_said_beside_a_name_is_taken_as_a_line_or_not_at_all(
    claims: dict[str, object], phone: str, address: str
) -> None:
    said = identity(ISSUER, our_claims(ISSUER) | claims)

    assert (said.phone, said.address) == (phone, address)


async def test_a_changed_claim_is_not_believed(issuer_url: str) -> None:
    token = await a_token(issuer_url)

    with pytest.raises(NotSignedIn):
        await Issuer(issuer_url, CLIENT).who(forged(token, sub="operator"))


async def test_a_token_for_another_audience_is_not_for_us(issuer_url: str) -> None:
    with pytest.raises(NotSignedIn):
        await Issuer(issuer_url, "another-portal").who(await a_token(issuer_url))


@pytest.mark.parametrize("text", ["", "a", "a.b.c", "x" * 9000, "....", "eyJhbGciOiJub25lIn0.e30."])
async def test_what_is_no_token_is_nobody(issuer_url: str, text: str) -> None:
    with pytest.raises(NotSignedIn):
        await Issuer(issuer_url, CLIENT).who(text)


def our_claims(issuer_url: str, **changes: object) -> dict[str, object]:
    now = int(time.time())
    claims = {"iss": issuer_url, "aud": CLIENT, "sub": "operator", "iat": now, "exp": now + 60}
    return {**claims, "pid": "1" * 13, "given_name": "a", "family_name": "b", **changes}


async def test_a_key_of_ones_own_signs_nothing(issuer_url: str) -> None:
    token = jwt.encode({"alg": "RS256", "kid": "mine"}, our_claims(issuer_url), RSAKey.generate_key())

    with pytest.raises(NotSignedIn):
        await Issuer(issuer_url, CLIENT).who(token)


async def test_the_public_key_as_a_shared_secret_signs_nothing(issuer_url: str) -> None:
    token = jwt.encode({"alg": "HS256"}, our_claims(issuer_url), OctKey.import_key("0" * 32))

    with pytest.raises(NotSignedIn):
        await Issuer(issuer_url, CLIENT).who(token)
    assert not any(name.startswith("HS") or name == "none" for name in ALGORITHMS)


async def test_a_token_that_has_run_out_is_nobody(issuer_url: str) -> None:
    issuer, key = Issuer(issuer_url, CLIENT), RSAKey.generate_key(parameters={"kid": "k"})
    from joserfc.jwk import KeySet

    keys, header = KeySet([key]), {"alg": "RS256", "kid": "k"}
    good = jwt.encode(header, our_claims(issuer_url), key)
    over = jwt.encode(header, our_claims(issuer_url, exp=int(time.time()) - 120), key)
    endless = jwt.encode(header, {k: v for k, v in our_claims(issuer_url).items() if k != "exp"}, key)
    future = jwt.encode(header, our_claims(issuer_url, iat=int(time.time()) + 600), key)

    assert issuer._read(good, keys).subject == "operator"
    for bad in (over, future, endless):
        with pytest.raises(NotSignedIn):
            issuer._read(bad, keys)


async def test_an_issuer_that_does_not_answer_is_not_the_persons_fault() -> None:
    with pytest.raises(OfficeDown):
        await Issuer(f"http://localhost:{a_free_port()}", CLIENT).who("a.b.c")


async def test_the_keys_are_asked_for_once(issuer_url: str) -> None:
    issuer, token = Issuer(issuer_url, CLIENT), await a_token(issuer_url)
    await issuer.who(token)
    kept = issuer._keys

    await asyncio.gather(*(issuer.who(token) for _ in range(5)))

    assert issuer._keys is kept
