"""Draw the pictures of this example and write `items.jsonl`: `python examples/marks/draw.py`.

Cars and buses as coloured boxes with windows and wheels on a grey road; where they are is the known answer.
"""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent
WIDTH, HEIGHT = 320, 200
KINDS = {"car": (56, 30), "bus": (96, 54)}


def png(picture: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    """An RGB picture (height, width, 3) as a PNG file."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    height, width, _ = picture.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), picture.reshape(height, -1)], axis=1)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def street(rng: np.random.Generator) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], list[dict[str, Any]]]:
    """A picture, and the boxes of what is on it as shares of its sides."""
    picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    picture[:70], picture[70:] = (176, 206, 230), (112, 114, 118)
    picture[133:136, ::2] = (235, 230, 200)
    boxes = []
    for lane in range(2):
        x = int(rng.integers(0, 30))
        while x < WIDTH - 100 and len(boxes) < 6:
            kind = "bus" if rng.random() < 0.3 else "car"
            width, height = KINDS[kind]
            y = 128 - height + 60 * lane
            picture[y : y + height - 6, x : x + width] = rng.integers(30, 230, 3)
            picture[y + 5 : y + height // 2 - 2, x + 8 : x + width - 8] = (205, 225, 235)
            for wheel in (x + 8, x + width - 18):
                picture[y + height - 10 : y + height, wheel : wheel + 10] = (25, 25, 25)
            sides = {"x": x / WIDTH, "y": y / HEIGHT, "width": width / WIDTH, "height": height / HEIGHT}
            boxes.append({name: round(side, 6) for name, side in sides.items()} | {"label": kind})
            x += width + int(rng.integers(15, 90))
    return picture, boxes


TEXTS = [
    "Dr [Amina Osei|person] joined [Northlight Dairy|organisation] in [Accra|place] last spring.",
    "The ferry from [Port Ellery|place] was late, so [Tomas Brandt|person] missed the meeting.",
    "[Greenfield Library|organisation] opens at nine; nobody has to sign up.",
    "Rain is expected all week, with snow above nine hundred metres.",
    "[Lucia Moretti|person] and [Jun Park|person] founded [Paper Kite Studio|organisation] in [Busan|place].",
    "After the storm, crews from [Halden Power|organisation] worked through the night in [Vestby|place].",
    "The river [Sorrel|place] burst its banks near [Oldmarket|place] on Tuesday.",
    "[Priya Nair|person] 🎻 plays with the [Riverside Quartet|organisation] in [Kochi|place] tonight.",
    "Please return the keys to the front desk before you leave.",
    "[Omar Haddad|person] sold his share of [Cedar & Sons|organisation] to a buyer from [Tyre|place].",
]


def marked(text: str) -> tuple[str, list[dict[str, Any]]]:
    """`[Jun Park|person]` in a text, as the plain text and its spans."""
    plain, spans = "", []
    for part in text.split("["):
        inside, closed, after = part.partition("]")
        if not closed:
            plain += part
            continue
        name, _, label = inside.partition("|")
        spans.append({"start": len(plain), "end": len(plain) + len(name), "label": label})
        plain += name + after
    return plain, spans


def main() -> None:
    """Write the pictures and the items, a third of them with the known answers."""
    rng = np.random.default_rng(4)
    (FOLDER / "images").mkdir(exist_ok=True)
    lines = []
    for number, text in enumerate(TEXTS):
        picture, boxes = street(rng)
        name = f"images/street-{number:02}.png"
        (FOLDER / name).write_bytes(png(picture))
        plain, spans = marked(text)
        item: dict[str, Any] = {"key": f"note-{number:02}", "text": plain, "width": WIDTH, "height": HEIGHT}
        item |= {"media": [name]} | ({"gold": {"names": spans, "vehicles": boxes}} if number % 3 == 0 else {})
        lines.append(json.dumps(item, ensure_ascii=False) + "\n")
    (FOLDER / "items.jsonl").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
