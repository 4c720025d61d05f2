"""Every template can be published as it is, and its example item answered."""

from __future__ import annotations

import pytest

from quorate.flow.specs import check
from quorate.flow.templates import TEMPLATES
from quorate.formats.rows import Row, row


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template["id"])
def test_it_can_be_published_and_its_item_brought_in(template):
    assert check({(one["kind"], one["name"]): one["body"] for one in template["specs"]}) == []
    assert isinstance(row(dict(template["item"]), 1), Row)


def test_ids_are_different():
    assert len({template["id"] for template in TEMPLATES}) == len(TEMPLATES)
