"""The cookie that carries a sign-in under way: ours alone, and not for long."""

from dataclasses import replace

import pytest

from api import signin

SECRET = "local-secret-of-a-test"


def test_what_was_sealed_is_opened_again() -> None:
    under_way = signin.begin("/applications")

    assert signin.opened(signin.sealed(under_way, SECRET), SECRET) == under_way


@pytest.mark.parametrize("cookie", ["", "x", "e30=.00", "e30=."])
def test_a_cookie_that_is_not_ours_is_refused(cookie: str) -> None:
    with pytest.raises(signin.SignInFailed):
        signin.opened(cookie, SECRET)


def test_a_cookie_sealed_with_another_secret_is_refused() -> None:
    with pytest.raises(signin.SignInFailed):
        signin.opened(signin.sealed(signin.begin("/"), "another"), SECRET)


def test_a_sign_in_that_took_too_long_is_refused() -> None:
    late = replace(signin.begin("/"), until=0.0)

    with pytest.raises(signin.SignInFailed):
        signin.opened(signin.sealed(late, SECRET), SECRET)


def test_every_sign_in_has_its_own_random_values() -> None:
    one, other = signin.begin("/"), signin.begin("/")

    assert len({one.state, one.nonce, one.verifier, other.state, other.nonce, other.verifier}) == 6
    assert len(one.verifier) >= 43  # RFC 7636 s.4.1
