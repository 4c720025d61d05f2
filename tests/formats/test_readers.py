"""Every reader gives the same rows for the same content, and names what is wrong line by line."""

import csv as stdlib_csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import InvalidInput
from quorate.formats import csv, folder, jsonl, parquet, rows
from quorate.formats.rows import Reject, Row
from quorate.formats.source import opened

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.text(min_size=1).filter(lambda name: name not in ("key", "media", "attributes", "gold"))


def lines(*written: object) -> io.BytesIO:
    return io.BytesIO(b"".join((w if isinstance(w, bytes) else json.dumps(w).encode()) + b"\n" for w in written))


@given(st.dictionaries(NAMES, JSON, min_size=1))
def test_a_json_line_keeps_its_body(body: dict[str, object]) -> None:
    assert list(jsonl.read(lines(body))) == [Row(1, None, body)]


def test_the_reserved_fields_are_not_body() -> None:
    record = {"key": 7, "text": "x", "media": "a.png", "attributes": {"language": "de"}, "gold": {"topic": "spam"}}
    (row,) = jsonl.read(lines(record))
    assert row == Row(1, "7", {"text": "x"}, ["a.png"], {"language": "de"}, {"topic": "spam"})


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        (b'{"text": "cut of', "", "Not JSON: unexpected control character in string at character 17"),
        (b"[1, 2]", "", "A row is a JSON object, not of type array"),
        (b'{"text": "\xff"}', "", "Not JSON: str is not valid UTF-8"),
        (b'{"text": NaN}', "", "Not JSON"),
        (b'{"text": "\\ud800"}', "", "Not JSON"),
        (b'{"key": "", "text": "x"}', "key", "empty"),
        (b'{"key": true, "text": "x"}', "key", "not of type boolean"),
        (b'{"key": "a\\u0000", "text": "x"}', "key", "NUL"),
        (b'{"key": "' + b"k" * 600 + b'", "text": "x"}', "key", "600 characters"),
        (b'{"key": "a"}', "", "nothing to label"),
        (b'{"text": "x", "gold": "spam"}', "gold", "an object of step to value"),
        (b'{"text": "x", "attributes": [1]}', "attributes", "Attributes are an object"),
        (b'{"id": 123456789012345678901234567890}', "", "too large to be kept exactly"),
    ],
)
def test_a_bad_json_line_is_named_and_the_next_is_read(line: bytes, field: str, reason: str) -> None:
    bad, good = jsonl.read(lines(line, {"text": "next"}))
    assert isinstance(bad, Reject)
    assert (bad.line, bad.field) == (1, field)
    assert reason in bad.reason
    assert good == Row(2, None, {"text": "next"})


def test_a_huge_line_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "LONGEST_ROW", 1000)
    first, second, third = jsonl.read(lines({"text": "x" * 5000}, {"text": "y" * 980}, {"text": "z"}))
    assert isinstance(first, Reject)
    assert "longer than" in first.reason
    assert [row.line for row in (second, third) if isinstance(row, Row)] == [2, 3]


def test_a_byte_order_mark_and_blank_lines_do_no_harm() -> None:
    assert [row.line for row in jsonl.read(io.BytesIO(b'\xef\xbb\xbf{"a": 1}\r\n\n{"a": 2}'))] == [1, 3]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_columns_go_where_their_names_say(delimiter: str) -> None:
    text = io.StringIO(newline="")
    writer = stdlib_csv.writer(text, delimiter=delimiter)
    writer.writerow(["key", "text", "attributes.language", "gold.topic"])
    writer.writerow(["a", f"two\nlines, and {delimiter}; more", "de", "spam"])
    writer.writerow(["b", "plain", "", ""])
    first, second = csv.read(io.BytesIO(text.getvalue().encode()))
    assert first == Row(
        2, "a", {"text": f"two\nlines, and {delimiter}; more"}, [], {"language": "de"}, {"topic": "spam"}
    )
    assert second == Row(4, "b", {"text": "plain"})


def test_bad_csv_rows_are_named() -> None:
    read = list(csv.read(io.BytesIO(b'key,text\na,"x"y\nb,\xff\nc,1,2\nd,fine\ne,"never closed\n\n')))
    assert [(row.line, row.field, row.reason) for row in read if isinstance(row, Reject)] == [
        (2, "", "Not CSV: ',' expected after '\"'."),
        (3, "text", "Not UTF-8."),
        (4, "", "The row has 3 cells and the header 2."),
        (6, "", "Not CSV: unexpected end of data."),
    ]
    assert [row for row in read if isinstance(row, Row)] == [Row(5, "d", {"text": "fine"})]


@pytest.mark.parametrize(("content", "detail"), [(b"", "no header"), (b"a,b,a\n", "twice"), (b"\xff,b\n", "not UTF-8")])
def test_a_csv_without_a_usable_header_is_refused(content: bytes, detail: str) -> None:
    with pytest.raises(InvalidInput, match=detail):
        list(csv.read(io.BytesIO(content)))


def test_parquet_gives_json_values(tmp_path: Path) -> None:
    path = tmp_path / "items.parquet"
    table = pa.table(
        {
            "key": ["a", "b"],
            "text": ["x", None],
            "when": pa.array([0, None], pa.timestamp("ms", tz="UTC")),
            "attributes": [{"language": "de"}, {"language": None}],
            "gold.topic": ["spam", None],
        }
    )
    pq.write_table(table, path)
    with opened(path) as source:
        first, second = source.rows
    assert first == Row(
        1, "a", {"text": "x", "when": "1970-01-01T00:00:00+00:00"}, [], {"language": "de"}, {"topic": "spam"}
    )
    assert second == Row(2, "b", {"text": None, "when": None}, [], {}, {})


def test_half_a_parquet_file_and_columns_of_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "items.parquet"
    pq.write_table(pa.table({"image": [b"x" * 100]}), path)
    with path.open("rb") as stream, pytest.raises(InvalidInput, match="bytes"):
        parquet.open_file(stream, "items.parquet")
    path.write_bytes(path.read_bytes()[:-20])
    with path.open("rb") as stream, pytest.raises(InvalidInput, match="Not a whole Parquet"):
        parquet.open_file(stream, "items.parquet")


def test_a_folder_gives_a_row_for_each_file(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.png").write_bytes(b"png")
    (tmp_path / "b.txt").write_text("hello")
    (tmp_path / "c.txt").write_bytes(b"\xff\xfe")
    (tmp_path / "d.exe").write_bytes(b"")
    (tmp_path / ".hidden.txt").write_text("no")
    read = {row.key if isinstance(row, Row) else row.field: row for row in folder.read(tmp_path)}
    assert set(read) == {"deep/a.png", "b.txt", "c.txt", "d.exe"}
    assert read["b.txt"].body == {"text": "hello"}
    assert read["deep/a.png"].media == [{"url": str(tmp_path / "deep" / "a.png"), "type": "image/png"}]
    assert read["c.txt"].reason == "Not UTF-8."
    assert "Neither" in read["d.exe"].reason


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no such file"), opened(tmp_path / "absent.csv"):
        pass
    (tmp_path / "a.xlsx").write_bytes(b"")
    with pytest.raises(InvalidInput, match="not a format"), opened(tmp_path / "a.xlsx"):
        pass


@pytest.mark.parametrize(
    ("value", "at"),
    [({"a": ["x", {"b": "\0"}]}, "a[1].b"), ({"a": {"\0": 1}}, "a"), ({"a": "\\u0000"}, None), ([1, None], None)],
)
def test_nul_is_found_where_it_is(value: object, at: str | None) -> None:
    assert rows.nul(value) == at
