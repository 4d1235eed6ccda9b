"""Every engine finds the same mentions, and where a person knows the answer, that answer."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest

from search.parsing import parse
from tests.conformance.documents import DOCUMENTS, NOW
from tests.conformance.engines import ENGINES, Ask
from tests.conformance.queries import AGREEMENT, ANSWERS


@pytest.fixture(scope="module")
def engines(
    tmp_path_factory: pytest.TempPathFactory, lasting_location: str
) -> Iterator[Mapping[str, Ask]]:
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                engine(tmp_path_factory.mktemp(name), lasting_location, list(DOCUMENTS.values()))
            )
            for name, engine in ENGINES.items()
        }


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("query", ANSWERS)
def test_finds_what_a_person_expects(query: str, engine: str, engines: Mapping[str, Ask]) -> None:
    assert engines[engine](parse(query, now=NOW)) == ANSWERS[query]


@pytest.mark.parametrize("query", AGREEMENT)
def test_every_engine_finds_the_same(query: str, engines: Mapping[str, Ask]) -> None:
    expected, *others = (ask(parse(query, now=NOW)) for ask in engines.values())

    assert expected
    assert others == [expected] * len(others)


def test_there_are_enough_documents_and_queries() -> None:
    assert len(DOCUMENTS) >= 60
    assert len(ANSWERS) >= 80


def test_every_document_with_words_is_an_answer() -> None:
    found = set().union(*ANSWERS.values())

    assert set(DOCUMENTS) - found == {"empty", "punctuation"}
