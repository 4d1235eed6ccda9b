"""What Kibana, or something else in its place, refuses: every reason becomes a sentence."""

import json
from typing import Any

import pytest

from search.errors import SaysoError
from search.kibana.installing import Imported, install
from tests.kibana.importing import LINE, answering, result
from tests.kibana.kibana_server import Reply, kibana, success

ERRORS: list[tuple[dict[str, Any], str]] = [
    (
        {"type": "conflict"},
        "dashboard 'Title 7': Kibana has another object with this id, and kept that one",
    ),
    (
        {"type": "ambiguous_conflict", "destinations": [{"id": "a"}, {"id": "b"}]},
        "dashboard 'Title 7': Kibana has several objects it could be: a, b",
    ),
    (
        {"type": "missing_references", "references": [{"type": "index-pattern", "id": "x"}]},
        "dashboard 'Title 7': it needs what Kibana does not have: index-pattern x",
    ),
    (
        {"type": "unsupported_type"},
        "dashboard 'Title 7': this Kibana does not know objects of this type",
    ),
    (
        {"type": "unknown", "message": "belongs to a more recent version", "statusCode": 422},
        "dashboard 'Title 7': belongs to a more recent version (422)",
    ),
    ({"type": "unknown"}, "dashboard 'Title 7': no reason given (no status)"),
    ({"type": "quota"}, "dashboard 'Title 7': refused for a reason unknown here: quota"),
    ({}, "dashboard 'Title 7': refused for a reason unknown here: none named"),
]


@pytest.mark.parametrize(("error", "sentence"), ERRORS)
def test_explains_each_refusal(error: dict[str, Any], sentence: str) -> None:
    refused = {**result(7), "error": error}
    raised = answering(success(result(1), errors=(refused,)), file=LINE * 2)

    assert raised.failures == (sentence,)
    assert raised.installed.created == (Imported("dashboard", "1", "Title 1"),)
    assert str(raised).endswith(f"took 1 of 2 objects\n- {sentence}")


def test_an_answer_without_success_is_a_failure_even_with_status_200() -> None:
    raised = answering(Reply(b'{"success":false,"successCount":0}'))

    assert "took 0 of 1 objects" in str(raised)


def test_success_that_took_fewer_objects_is_a_failure() -> None:
    raised = answering(success(result(1)), file=LINE * 3)

    assert "took 1 of 3 objects" in str(raised)


def test_success_beside_errors_is_a_failure() -> None:
    said = {"success": True, "successCount": 1, "errors": [{**result(7), "error": {}}]}

    assert answering(Reply(json.dumps(said).encode())).failures


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Welcome</html>",
        b"",
        b"[]",
        b"\xff",
        b'{"tagline":"You Know, for Search"}',
        b"[" * 9**6,
    ],
)
def test_another_server_is_not_taken_for_kibana(body: bytes) -> None:
    assert "not as Kibana does" in str(answering(Reply(body)))


def test_a_strange_list_of_results_is_survived() -> None:
    said = {"success": True, "successCount": 1, "successResults": [None, 3, {"meta": []}]}
    with kibana(Reply(json.dumps(said).encode())) as server:
        assert install(server.address, LINE).created == (Imported("object", "", ""),)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (400, "answers with status 400 (Because)"),
        (401, "does not accept the API key or password, or wants one (Because)"),
        (403, "does not allow this key or user to import"),
        (404, "has no saved objects there"),
        (413, "finds the file too large"),
        (500, "answers with status 500"),
        (503, "is not ready yet"),
    ],
)
def test_explains_a_status(status: int, sentence: str) -> None:
    raised = answering(Reply(b'{"message":"Because"}', status))

    assert sentence in str(raised)
    assert isinstance(raised, SaysoError)


def test_a_status_without_json_is_explained_too() -> None:
    assert str(answering(Reply(b"<h1>Forbidden</h1>", 403))).endswith("into this space")
