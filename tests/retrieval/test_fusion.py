from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.fusion import fuse

KEYS = st.sampled_from("abcdefgh")
DENSE = st.dictionaries(KEYS, st.floats(-1, 1))
KEYWORD = st.dictionaries(KEYS, st.floats(0.01, 50))
WEIGHTS = st.floats(0, 1)


@given(DENSE, KEYWORD, st.dictionaries(KEYS, WEIGHTS))
def test_scores_are_shares_in_falling_order_for_all_that_was_found(
    dense: dict[str, float], keyword: dict[str, float], weights: dict[str, float]
) -> None:
    fused = fuse(dense, keyword, dense_weight=lambda key: weights.get(key, 0.4))
    assert fused.keys() == dense.keys() | keyword.keys()
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in fused.values())
    assert list(fused.values()) == sorted(fused.values(), reverse=True)


@given(DENSE, KEYWORD, WEIGHTS)
def test_the_order_of_what_was_found_does_not_matter(
    dense: dict[str, float], keyword: dict[str, float], weight: float
) -> None:
    turned = fuse(dict(reversed(dense.items())), dict(reversed(keyword.items())), dense_weight=lambda _: weight)
    assert list(turned) == list(fuse(dense, keyword, dense_weight=lambda _: weight))


def test_both_lists_count_by_their_weights() -> None:
    dense, keyword = {"a": 0.9, "b": 0.5, "c": 0.1}, {"b": 10.0, "c": 5.0}
    assert fuse(dense, keyword, dense_weight=lambda _: 0.4) == pytest.approx({"b": 0.8, "a": 0.4, "c": 0.3})
    assert list(fuse(dense, keyword, dense_weight=lambda _: 1)) == ["a", "b", "c"]
    assert list(fuse(dense, keyword, dense_weight=lambda _: 0)) == ["b", "c", "a"]


def test_what_the_embedder_cannot_read_is_judged_by_its_words() -> None:
    dense, keyword = {"en": 0.9, "zh": 0.1}, {"zh": 10.0, "en": 9.0}
    assert list(fuse(dense, keyword, dense_weight=lambda _: 0.5)) == ["en", "zh"]
    assert fuse(dense, keyword, dense_weight=lambda key: 0.0 if key == "zh" else 0.5)["zh"] == 1


def test_one_list_or_none_will_do() -> None:
    assert fuse({}, {}, dense_weight=lambda _: 0.5) == {}
    assert fuse({"a": 0.3}, {}, dense_weight=lambda _: 0.5) == {"a": 0.5}
    assert fuse({}, {"a": 3.0, "b": 1.5}, dense_weight=lambda _: 0.5) == {"a": 0.5, "b": 0.25}
