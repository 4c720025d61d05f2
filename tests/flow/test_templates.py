"""Every template can be published as it is, and its example item answered."""

from __future__ import annotations

import pytest

from quorate.flow.specs import check
from quorate.flow.template_words import WORDS
from quorate.flow.templates import TEMPLATES, templates
from quorate.formats.rows import Row, row


@pytest.mark.parametrize("language", ["en", *WORDS])
@pytest.mark.parametrize("number", range(len(TEMPLATES)), ids=[template["id"] for template in TEMPLATES])
def test_it_can_be_published_and_its_item_brought_in(number, language):
    template = templates(language)[number]
    assert check({(one["kind"], one["name"]): one["body"] for one in template["specs"]}) == []
    assert isinstance(row(dict(template["item"]), 1), Row)


@pytest.mark.parametrize("language", WORDS)
def test_all_that_people_read_is_there_in_every_language(language):
    read = {"title", "about", "question", "description", "text"}
    words = {value for template in TEMPLATES for value in _texts({**template, "item": None}, read)}
    assert words == set(WORDS[language])


def _texts(value, names, at=""):
    if isinstance(value, dict):
        return [text for name, inner in value.items() for text in _texts(inner, names, name)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner, names, at)]
    return [value] if at in names and isinstance(value, str) else []


def test_ids_are_different():
    assert len({template["id"] for template in TEMPLATES}) == len(TEMPLATES)
