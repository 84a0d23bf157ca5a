"""Every page says who may enter, and a page that changes something is never entered by nobody."""

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api import people
from api.pages import ROUTERS

CHANGES_NOTHING = {"/verify", "/verify/report"}


def guards(dependant: Dependant) -> set[object]:
    """The guards that stand at a route, however deep."""
    found = {dependant.call} & set(people.GUARDS)
    return found.union(*(guards(one) for one in dependant.dependencies))


def pages() -> list[APIRoute]:
    """Every page."""
    return [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def test_every_page_names_a_guard() -> None:
    assert len(pages()) > 40
    assert [route.path for route in pages() if not guards(route.dependant)] == []


def test_what_changes_something_is_for_people_who_signed_in() -> None:
    posts = [route for route in pages() if "POST" in route.methods and route.path not in CHANGES_NOTHING]

    assert len(posts) > 12
    assert [route.path for route in posts if people.applicant not in guards(route.dependant)] == []


def test_the_desk_is_for_officers() -> None:
    desk = [route for route in pages() if route.path.startswith("/desk")]

    assert [route.path for route in desk if people.officer not in guards(route.dependant)] == []


def test_the_operations_are_for_operators() -> None:
    watched = [route for route in pages() if route.path.startswith("/operations")]

    assert watched
    assert [route.path for route in watched if people.operator not in guards(route.dependant)] == []


def test_pages_stay_out_of_the_description_for_programs() -> None:
    assert not any(route.include_in_schema for route in pages())


def test_the_audit_is_for_auditors_and_changes_nothing() -> None:
    audited = [route for route in pages() if route.path.startswith("/audit")]

    assert len(audited) >= 4
    assert [route.path for route in audited if people.auditor not in guards(route.dependant)] == []
    assert {method for route in audited for method in route.methods} == {"GET"}
