"""COCO: pycocotools, by which the format is defined, reads every box where it was drawn."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps
from pycocotools.coco import COCO

from quorate.errors import InvalidInput
from quorate.formats import coco
from quorate.formats.image_size import size_of
from quorate.labels.boxes import Boxes

QUESTION = Boxes(classes=["car", "bus"])
CAR = {"x": 0.065625, "y": 0.49, "width": 0.175, "height": 0.15, "label": "car"}
BUS = {"x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0, "label": "bus"}
FAR = [{"url": "https://elsewhere.example/a.png", "type": "image/png"}]


def item(key: str, media: Any, *boxes: dict[str, Any], **body: Any) -> dict[str, Any]:
    return {"key": key, "body": body, "media": media, "value": list(boxes)}


def write(path: Path, *records: dict[str, Any]) -> None:
    writer = coco.Writer(path, QUESTION)
    writer.write(records[:1])
    writer.write(records[1:])
    writer.close()


def test_the_reference_reads_images_categories_and_boxes_in_pixels(tmp_path: Path) -> None:
    Image.new("RGB", (320, 200)).save(tmp_path / "a b.png")
    here = [{"url": (tmp_path / "a b.png").as_uri(), "type": "image/png"}]
    path = tmp_path / "x.coco.json"
    write(
        path,
        item("a", here, CAR, BUS),
        item("none", FAR, width=10, height=20),
        item("old", FAR, CAR | {"label": "tram"}, width=10, height=20),
    )
    read = COCO(str(path))
    assert [(one["file_name"], one["width"], one["height"], one["key"]) for one in read.loadImgs(read.getImgIds())] == [
        (str(tmp_path / "a b.png"), 320, 200, "a"), (FAR[0]["url"], 10, 20, "none"), (FAR[0]["url"], 10, 20, "old"),
    ]  # fmt: skip
    assert [one["name"] for one in read.loadCats(read.getCatIds())] == ["car", "bus", "tram"]
    car, bus = read.loadAnns(read.getAnnIds(imgIds=[1]))
    assert (car["bbox"], car["category_id"], car["area"], car["iscrowd"]) == ([21.0, 98.0, 56.0, 30.0], 1, 1680.0, 0)
    assert bus["bbox"] == [0.0, 0.0, 320.0, 200.0]
    assert read.getAnnIds(imgIds=[2]) == []
    assert read.loadAnns(read.getAnnIds(catIds=read.getCatIds(["tram"])))[0]["image_id"] == 3


def test_what_is_proved_is_all_that_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "x.coco.json"
    write(path, item("a", FAR, CAR, width=10, height=20), item("b", FAR, width=10, height=20))
    before = list(coco.records(path))
    assert [one["key"] for one in before] == ["categories", "a", "b"]
    told = json.loads(path.read_text())
    for changed in (
        told | {"categories": told["categories"][::-1]},
        told | {"annotations": []},
        told | {"annotations": [*told["annotations"], told["annotations"][0] | {"image_id": 9}]},
        told | {"images": told["images"][:1]},
        told | {"licenses": []},
    ):
        path.write_text(json.dumps(changed))
        assert list(coco.records(path)) != before
    path.write_text(json.dumps(told, indent=1))
    assert list(coco.records(path)) == before, "white space says nothing"


def test_an_image_of_unknown_size_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="image of 'a' is not known"):
        write(tmp_path / "x.coco.json", item("a", FAR, CAR, width="10"))


@pytest.mark.parametrize("orientation", [None, 1, 3, 6, 8])
@pytest.mark.parametrize(
    ("form", "how"),
    [
        ("PNG", {}),
        ("GIF", {}),
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_the_size_is_the_one_that_is_shown(form: str, how: dict[str, Any], orientation: int | None) -> None:
    file, exif = BytesIO(), Image.Exif()
    if orientation is not None and form == "JPEG":
        exif[0x0112] = orientation
    Image.new("RGB", (321, 200), "red").save(file, form, exif=exif, **how)
    whole = file.getvalue()
    with Image.open(BytesIO(whole)) as image:
        assert size_of(BytesIO(whole)) == ImageOps.exif_transpose(image).size
    for short in range(min(len(whole), 40)):
        size_of(BytesIO(whole[:short]))  # no such image, or one whose size is told by then: nothing is raised


@pytest.mark.parametrize("other", [b"", b"BM", b"\xff\xd8\xff\xe1\x00\x00", b"RIFF    WEBPVP9 ", b"%PDF-1.7"])
def test_what_is_no_such_image_has_no_size(other: bytes) -> None:
    assert size_of(BytesIO(other)) is None
