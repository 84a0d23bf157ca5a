"""The identity provider: the code flow over real connections, and who cannot get in."""

import secrets
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from exchange.counterparts import OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, people
from exchange.counterparts.identity import NoToken, id_token, s256
from exchange.counterparts.running import Offices

BACK = "http://localhost:1/sign-in/back"


async def sign_in(offices: Offices, persona: str, **other: Any) -> dict[str, Any]:
    """The claims of the ID token, its signature checked against the provider's keys."""
    token = await id_token(offices.url("oidc"), OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, BACK, persona, **other)
    keys = KeySet.import_key_set(offices.get("oidc", "/jwks"))
    return dict(jwt.decode(token, keys, algorithms=["RS256"]).claims)


@pytest.mark.parametrize(
    "name", ["applicant", "director-2", "officer-fda", "supervisor-fda", "officer-lao@50", "auditor"]
)
async def test_a_persona_signs_in(offices: Offices, name: str) -> None:
    claims = await sign_in(offices, name, scope="openid profile email phone address")

    assert (claims["sub"], claims["iss"], claims["aud"]) == (name, offices.url("oidc"), [OIDC_CLIENT_ID])
    assert claims.items() >= people.somebody(name).claims().items()


async def test_an_id_token_lives_at_least_an_hour(offices: Offices) -> None:
    claims = await sign_in(offices, "applicant")

    assert claims["exp"] - claims["iat"] >= 3600
    assert claims["exp"] > time.time()


async def test_the_scope_openid_alone_gives_number_and_assurance(offices: Offices) -> None:
    claims = await sign_in(offices, "applicant", scope="openid")

    assert (claims["pid"], claims["ial"]) == ("1999900000013", "2.3")
    assert "given_name" not in claims


@pytest.mark.parametrize("name", ["nobody", "officer-lao", "officer-dbd", ""])
async def test_a_stranger_does_not_get_in(offices: Offices, name: str) -> None:
    with pytest.raises(NoToken, match="sign-in"):
        await sign_in(offices, name)


async def test_a_client_with_another_secret_gets_no_token(offices: Offices) -> None:
    with pytest.raises(NoToken, match="token: HTTP 401"):
        await id_token(offices.url("oidc"), OIDC_CLIENT_ID, "wrong", BACK, "applicant")


async def test_a_stolen_code_is_worth_nothing_without_the_verifier(offices: Offices) -> None:
    asked = {
        "response_type": "code",
        "client_id": OIDC_CLIENT_ID,
        "redirect_uri": BACK,
        "scope": "openid",
        "nonce": "n",
        "code_challenge": s256(secrets.token_urlsafe(48)),
        "code_challenge_method": "S256",
    }
    async with httpx.AsyncClient(base_url=offices.url("oidc"), trust_env=False) as http:
        back = await http.post("/oauth2/authorize", params=asked, data={"sub": "applicant"})
        code = parse_qs(urlsplit(back.headers["location"]).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": "guess"}
        answer = await http.post("/oauth2/token", data=form, auth=(OIDC_CLIENT_ID, OIDC_CLIENT_SECRET))

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("fault", [{"gone": True}, {"status": 500}])
async def test_a_provider_told_to_be_gone_lets_nobody_in(offices: Offices, fault: dict[str, Any]) -> None:
    offices.fault("oidc", **fault)

    with pytest.raises(NoToken, match="discovery"):
        await sign_in(offices, "applicant")


def test_the_providers_debugger_is_off(offices: Offices) -> None:
    answer = httpx.get(f"{offices.url('oidc')}/?__debugger__=yes&cmd=resource&f=debugger.js", trust_env=False)

    assert "javascript" not in answer.headers["content-type"]
