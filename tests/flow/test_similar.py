"""Likeness of items: the same is most alike, rare words weigh more than common ones, order does not matter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.flow.excerpt import excerpt
from quorate.flow.similar import similar

TEXTS = ["the box arrived crushed", "the kettle broke", "the courier was late", "the box was the wrong colour"]
OTHERS = [({"text": text}, {}) for text in TEXTS]
ITEMS = st.lists(st.text("abc ", max_size=20), min_size=1, max_size=6)


def test_the_item_that_shares_rare_words_comes_first():
    found = similar({"text": "A crushed box"}, {}, OTHERS)
    assert [one.index for one in found] == [0, 3]
    assert found[0].words == ("crushed", "box")
    assert found[0].score > 2 * found[1].score


def test_words_deep_inside_count_and_numbers_do_not():
    (found,) = similar({"chat": [{"say": "kettle"}, 7]}, {}, OTHERS)
    assert found.index == 1


def test_equal_attributes_tip_the_scale():
    others = [({"text": "late"}, {"language": "en"}), ({"text": "late"}, {"language": "de"})]
    found = similar({"text": "late"}, {"language": "de"}, others)
    assert [(one.index, one.attributes) for one in found] == [(1, ("language",)), (0, ())]
    assert found[0].score == pytest.approx(1.0)


def test_there_may_be_none():
    assert similar({"text": "late"}, {}, []) == []
    assert similar({"n": 1}, {}, OTHERS) == []


@given(ITEMS, st.data())
def test_the_same_text_is_as_alike_as_can_be_and_nothing_is_more(texts, data):
    mine = data.draw(st.sampled_from(texts))
    found = similar(mine, {}, [(text, {}) for text in texts], limit=len(texts), least=1e-9)
    assert all(0 < one.score <= 1 for one in found)
    if found:
        best = {one.index for one in found if one.score == pytest.approx(found[0].score)}
        assert texts.index(mine) in best


@given(st.text(max_size=400), st.integers(2, 60))
def test_an_excerpt_is_one_line_and_no_longer_than_asked(text, longest):
    line = excerpt({"text": text}, longest)
    assert len(line) <= longest
    assert "\n" not in line
