"""COCO (object detection): images, boxes in pixels and categories in one JSON file, for labels that are boxes.

Each image has its item's key beside the format's own fields. Category ids count the classes from 1, in the order of the
schema. Boxes are `[left, top, width, height]` to a hundredth of a pixel of the image as it is shown.

Lin et al., "Microsoft COCO: Common Objects in Context", ECCV 2014; https://cocodataset.org/#format-data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import orjson

from quorate.errors import InvalidInput
from quorate.formats.image_size import Size, size_of
from quorate.formats.media import local
from quorate.labels.question import Question
from quorate.settings import settings

KIND = "boxes"
"""The kind of label that this format is for."""
INFO = {"description": "Exported by Quorate"}


class Writer:
    """Writes items with their boxes: `key`, `body`, `media`, and the `value` that was decided."""

    def __init__(self, path: Path, question: Question) -> None:
        self._medium = getattr(question, "medium", 0)
        self._categories = {one.id: number for number, one in enumerate(question.classes, start=1)}
        self._images = self._boxes = 0
        self._file = path.open("wb")
        self._later = TemporaryFile()  # noqa: SIM115 boxes come after all images; closed in `close`
        self._file.write(b'{"info": %b,\n"images": [' % orjson.dumps(INFO))

    def write(self, records: Sequence[dict[str, Any]]) -> None:
        """Append items. Raises `InvalidInput` where the size of an image is not known."""
        for record in records:
            media = record["media"] or []
            url = media[self._medium]["url"] if len(media) > self._medium else ""
            width, height = _size(record, url)
            self._images += 1
            image = {"id": self._images, "file_name": _name(url), "width": width, "height": height}
            self._file.write(_entry(self._images, image | {"key": record["key"]}))
            for mark in record["value"]:
                self._boxes += 1
                box = [
                    round(mark[side] * whole, 2)
                    for side, whole in (("x", width), ("y", height), ("width", width), ("height", height))
                ]
                category = self._categories.setdefault(mark["label"], len(self._categories) + 1)  # also a former class
                shown = {"image_id": self._images, "category_id": category, "bbox": box}
                told = {"id": self._boxes, **shown, "area": round(box[2] * box[3], 2), "iscrowd": 0}
                self._later.write(_entry(self._boxes, told))

    def close(self) -> None:
        """Nothing more comes."""
        self._file.write(b'],\n"annotations": [')
        self._later.seek(0)
        copyfileobj(self._later, self._file)
        categories = [{"id": number, "name": name} for name, number in self._categories.items()]
        self._file.write(b'],\n"categories": %b}\n' % orjson.dumps(categories))
        self._later.close()
        self._file.close()


def records(path: Path) -> Iterator[dict[str, Any]]:
    """What a `Writer` wrote: the categories, then each image with its boxes; last, boxes of no image if there are."""
    told = orjson.loads(path.read_bytes())
    boxes = defaultdict(list)
    for box in told.pop("annotations", ()):
        boxes[box["image_id"]].append(box)
    images = told.pop("images", ())
    yield {"key": "categories", **told}
    for image in images:
        yield {**image, "boxes": boxes.pop(image["id"], [])}
    if boxes:
        yield {"key": "boxes of no image", "boxes": list(boxes.values())}


def _entry(number: int, told: dict[str, Any]) -> bytes:
    return (b"\n" if number == 1 else b",\n") + orjson.dumps(told)


def _name(url: str) -> str:
    """A path where the image lies on this machine; else its address."""
    return url2pathname(urlsplit(url).path) if url.startswith("file:") else url


def _size(record: dict[str, Any], url: str) -> Size:
    """As the file has it where it is here, else as the item says."""
    file = local(url, settings().data / "media")
    if file is not None and file.is_file():
        with file.open("rb") as stream:
            if found := size_of(stream):
                return found
    body = record["body"] if isinstance(record["body"], dict) else {}
    width, height = body.get("width"), body.get("height")
    if isinstance(width, int) and isinstance(height, int) and min(width, height) > 0:
        return width, height
    raise InvalidInput(
        "The size of the image of '{key}' is not known.",
        where="format",
        mend="Import its item with a copy of its media, or with its `width` and `height` in pixels.",
        key=record["key"],
    )
