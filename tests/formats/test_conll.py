"""CoNLL-2003: whoever reads the file has every span as it was decided."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import InvalidInput
from quorate.formats import conll
from quorate.labels.spans import Spans

QUESTION = Spans(classes=["person", "place"])
TEXT = "Dr Amina Osei joined\nNorthlight-Dairy in Accra’s hills."
OSEI, NORTH = {"start": 3, "end": 13, "label": "person"}, {"start": 21, "end": 26, "label": "place"}


def write(path: Path, *records: dict[str, Any]) -> list[str]:
    writer = conll.Writer(path, QUESTION)
    writer.write(records)
    writer.close()
    return path.read_text(encoding="utf-8").splitlines()


def entities(path: Path, text: str) -> list[dict[str, Any]]:
    """The spans of the only document, as a program reads them that knows nothing but columns and IOB2."""
    spans: list[dict[str, Any]] = []
    at = 0
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line or line.startswith("-DOCSTART-"):
            continue
        token, _, _, tag = line.split(" ")
        start = text.index(token, at)
        assert not text[at:start].strip(), "something of the text is left out"
        at = start + len(token)
        if tag.startswith("B-"):
            spans.append({"start": start, "end": at, "label": tag[2:]})
        elif tag.startswith("I-"):
            assert spans[-1]["label"] == tag[2:]
            spans[-1]["end"] = at
    assert not text[at:].strip()
    return spans


def test_a_document_an_item_a_sentence_a_line_a_token_with_its_tag(tmp_path: Path) -> None:
    item = {"key": "a 1%", "body": {"text": TEXT}, "value": [NORTH, OSEI]}
    told = write(tmp_path / "x.conll", item, {"key": "none", "body": "So it is.", "value": []})
    assert told[:11] == [
        "-DOCSTART- a%201%25 -X- O", "",
        "Dr -X- -X- O", "Amina -X- -X- B-person", "Osei -X- -X- I-person", "joined -X- -X- O", "",
        "North -X- -X- B-place", "light -X- -X- O", "- -X- -X- O", "Dairy -X- -X- O",
    ]  # fmt: skip
    read = list(conll.records(tmp_path / "x.conll"))
    assert [(one["key"], one["lines"][0].split(" ")[0]) for one in read] == [
        ("a 1%", "-DOCSTART-"),
        ("none", "-DOCSTART-"),
    ]
    assert "".join(line for one in read for line in one["lines"]) == "\n".join(told) + "\n"


def test_spans_that_overlap_are_refused_by_name(tmp_path: Path) -> None:
    nested = [OSEI, {"start": 9, "end": 13, "label": "place"}]
    with pytest.raises(InvalidInput, match="those of 'a' do") as refused:
        write(tmp_path / "x.conll", {"key": "a", "body": {"text": TEXT}, "value": nested})
    assert refused.value.mend is not None


@st.composite
def marked(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    """A text of any characters, and spans in it that do not overlap and have no white space at their ends."""
    text = draw(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(" \n-.aé"), max_size=40))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    spans = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        inside = text[start:end]
        if inside.strip():
            first = start + len(inside) - len(inside.lstrip())
            spans.append(
                {"start": first, "end": first + len(inside.strip()), "label": draw(st.sampled_from(QUESTION.ids))}
            )
    return text, spans


@given(marked())
def test_every_span_is_read_back_where_it_was(tmp_path_factory: pytest.TempPathFactory, case: tuple[str, Any]) -> None:
    text, spans = case
    path = tmp_path_factory.mktemp("conll") / "x.conll"
    write(path, {"key": "k", "body": {"text": text}, "value": spans})
    assert entities(path, text) == spans
    assert len(list(conll.records(path))) == 1
