"""What outputs mean: labels of two, three and five kinds, in any order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.transformers.scales import SCALES, scale_of
from search.mention import Feeling

NEGATIVE, NEUTRAL, POSITIVE = Feeling.NEGATIVE, Feeling.NEUTRAL, Feeling.POSITIVE


@pytest.mark.parametrize(
    ("labels", "places"),
    [
        (("NEGATIVE", "POSITIVE"), (-1, 1)),
        (("positive", "negative"), (1, -1)),
        (("pos", "neu", "neg"), (1, 0, -1)),
        (("1 star", "2 stars", "3 stars", "4 stars", "5 stars"), (-1, -0.5, 0, 0.5, 1)),
        (("5_stars", "4-stars", "3 Stars", "2 stars", "1 stars"), (1, 0.5, 0, -0.5, -1)),
        (
            ("Very Negative", "Negative", "Neutral", "Positive", "Very Positive"),
            (-1, -0.5, 0, 0.5, 1),
        ),
    ],
)
def test_labels_are_read_by_their_names(
    labels: tuple[str, ...], places: tuple[float, ...]
) -> None:
    assert places == scale_of(labels).places


@pytest.mark.parametrize(
    "labels",
    [
        (),
        ("positive",),
        ("LABEL_0", "LABEL_1"),
        ("negative", "negative"),
        ("negative", "neutral"),
        ("joy", "anger"),
        ("negative", "positive", "neutral", "mixed"),
        ("x" * 100_000,),
    ],
)
def test_other_labels_are_refused_and_it_is_said_which_are_allowed(
    labels: tuple[str, ...],
) -> None:
    with pytest.raises(ValueError, match="negative, neutral, positive; very negative") as refused:
        scale_of(labels)

    assert len(str(refused.value)) < 500


@pytest.mark.parametrize(
    ("labels", "shares", "said"),
    [
        (SCALES[0], [0.25, 0.75], (POSITIVE, 0.5)),
        (SCALES[0], [0.51, 0.49], (NEGATIVE, -0.02)),
        (SCALES[1], [0.1, 0.5, 0.4], (NEUTRAL, 0.3)),
        (SCALES[1], [0.1, 0.4, 0.5], (POSITIVE, 0.4)),
        (SCALES[3], [0, 0, 0, 1, 0], (POSITIVE, 0.5)),
        (SCALES[3], [0.5, 0, 0, 0, 0.5], (NEUTRAL, 0.0)),
        (SCALES[3], [0, 0.51, 0, 0, 0.49], (NEUTRAL, 0.235)),
        (SCALES[3], [0.2, 0.6, 0.1, 0.1, 0], (NEGATIVE, -0.45)),
    ],
)
def test_the_value_is_the_expected_one(
    labels: tuple[str, ...], shares: list[float], said: tuple[Feeling, float]
) -> None:
    logits = np.log(np.maximum(np.array([shares]), 1e-12))

    assert [said] == scale_of(labels).read(logits)


@given(
    st.sampled_from(SCALES).flatmap(
        lambda scale: st.tuples(
            st.permutations(scale),
            st.lists(st.floats(-1e30, 1e30), min_size=len(scale), max_size=len(scale)),
        )
    )
)
def test_whatever_a_model_puts_out_the_label_has_the_sign_of_the_value(
    said: tuple[list[str], list[float]],
) -> None:
    labels, logits = said

    ((label, value),) = scale_of(labels).read(np.array([logits]))

    assert -1 <= value <= 1
    assert not (label is POSITIVE and value < 0)
    assert not (label is NEGATIVE and value > 0)
