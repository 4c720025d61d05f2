"""Votes: coding, reading, writing, slicing, appending; what bad input is told."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import InvalidInput
from quorate.truth import Votes

ROWS = st.lists(
    st.tuples(st.integers(-5, 5), st.sampled_from(["ann", "bob", "čeněk"]), st.sampled_from(["a", "b", "c d", "é"])),
    min_size=1,
    max_size=30,
)


def originals(votes):
    columns = zip(votes.items[votes.item], votes.workers[votes.worker], votes.labels[votes.label], strict=True)
    return [tuple(map(str, row)) for row in columns]


def texts(rows):
    return [tuple(map(str, row)) for row in rows]


@given(ROWS)
def test_coding_keeps_every_vote(rows):
    votes = Votes.from_arrays(*zip(*rows, strict=True))
    assert originals(votes) == texts(rows)
    assert list(votes.items) == sorted({row[0] for row in rows})
    assert votes.item.dtype == votes.worker.dtype == votes.label.dtype == np.int32


@given(ROWS, st.sampled_from(["pandas", "polars"]))
def test_frames_and_back(rows, library):
    votes = Votes.from_arrays(*zip(*rows, strict=True))
    frame = votes.to_frame(library)
    assert isinstance(frame, pd.DataFrame if library == "pandas" else pl.DataFrame)
    assert originals(Votes.from_frame(frame)) == texts(rows)


@pytest.mark.parametrize("name", ["votes.csv", "votes.parquet"])
@given(rows=ROWS)
def test_files_and_back(tmp_path_factory, name, rows):
    path = tmp_path_factory.mktemp("votes") / name
    items, workers, labels = zip(*rows, strict=True)
    Votes.from_arrays(items, workers, labels, weight=[0.5] * len(rows), time=range(len(rows))).write(path)
    votes = Votes.read(path)
    assert originals(votes) == texts(rows)
    assert (votes.weight == 0.5).all()
    assert list(votes.time) == list(range(len(rows)))


@given(ROWS, ROWS)
def test_append_is_concatenation_and_keeps_codes(first, second):
    mine, theirs = (Votes.from_arrays(*zip(*rows, strict=True)) for rows in (first, second))
    both = mine.append(theirs)
    assert originals(both) == texts(first + second)
    assert np.array_equal(both.item[: len(mine)], mine.item)
    assert len(set(both.items)) == both.n_items


@given(ROWS, st.data())
def test_take_keeps_vocabularies(rows, data):
    votes = Votes.from_arrays(*zip(*rows, strict=True))
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))))
    some = votes.take(mask)
    assert originals(some) == [row for row, kept in zip(texts(rows), mask, strict=True) if kept]
    assert some.labels is votes.labels


@given(ROWS)
def test_without_duplicates_keeps_the_first_of_each(rows):
    votes = Votes.from_arrays(*zip(*rows, strict=True))
    assert originals(votes.without_duplicates()) == list(dict.fromkeys(texts(rows)))


def test_whole_numbers_in_text_sort_as_numbers():
    votes = Votes.from_arrays(["10", "9", "100"], ["w", "w", "w"], ["2", "10", "1"])
    assert list(votes.labels) == ["1", "2", "10"]
    assert list(votes.items) == ["9", "10", "100"]


def test_crowd_kit_names_and_times():
    frame = pd.DataFrame(
        {"task": ["t"], "worker": ["w"], "label": [True], "timestamp": [pd.Timestamp("2024-01-02T00:00:00Z")]}
    )
    assert Votes.from_frame(frame).time[0] == 1704153600


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-02T00:00:00",
        "2024-01-02 00:00:00.000",
        "2024-01-02T02:00:00+02:00",
        "2024-01-02T00:00:00Z",
        "2024-01-02",
        "1704153600",
        "1.7041536e9",
    ],
)
def test_times_in_text(tmp_path, text):
    (tmp_path / "v.csv").write_text(f"item,worker,label,timestamp\n1,w,a,{text}\n")
    assert Votes.read(tmp_path / "v.csv").time[0] == 1704153600


def test_a_folder_of_parquet(tmp_path):
    votes = Votes.from_arrays([1, 2, 3], ["a", "b", "a"], ["x", "y", "x"])
    votes.take([0, 1]).write(tmp_path / "one.parquet")
    votes.take([2]).write(tmp_path / "two.parquet")
    assert sorted(originals(Votes.read(tmp_path))) == sorted(originals(votes))


@pytest.mark.parametrize("coded", [False, True])
def test_parquet_is_cleaned_as_anything_else(tmp_path, coded):
    import pyarrow as pa
    import pyarrow.parquet as pq

    def write(*items):
        column = pa.array(items)
        table = pa.table(
            {"task": column.dictionary_encode() if coded else column, "worker": [1, 2, 1], "label": list("xyx")}
        )
        pq.write_table(table, tmp_path / "votes.parquet", row_group_size=2)
        return tmp_path / "votes.parquet"

    votes = Votes.read(write("10", " 9", "9 "))
    assert votes.items.tolist() == ["9", "10"]
    assert votes.item.tolist() == [1, 0, 0]
    assert votes.workers.tolist() == [1, 2]
    for missing in (None, " "):
        with pytest.raises(InvalidInput, match="row 3"):
            Votes.read(write("10", "9", missing))


def test_space_around_is_dropped_and_case_is_kept():
    with pytest.warns(UserWarning, match="case"):
        votes = Votes.from_arrays([1, 2, 3], ["w", " w", "w "], ["yes", " yes ", "Yes"])
    assert votes.n_workers == 1
    assert list(votes.labels) == ["Yes", "yes"]


def test_given_classes_keep_their_order():
    votes = Votes.from_arrays([1], ["w"], ["low"], classes=["low", "middle", "high"])
    assert list(votes.labels) == ["low", "middle", "high"]
    with pytest.raises(InvalidInput, match="row 1"):
        Votes.from_arrays([1], ["w"], ["none"], classes=["low"])


def test_commas_quotes_and_lines_in_a_csv(tmp_path):
    rows = [("1", "w", 'he said "no", twice'), ("2", "w", "two\nlines")]
    Votes.from_arrays(*zip(*rows, strict=True)).write(tmp_path / "v.csv")
    assert originals(Votes.read(tmp_path / "v.csv")) == rows


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path):
    (tmp_path / "v.csv").write_bytes("\ufeffitem,worker,label\n1,w,a\n".encode())
    assert len(Votes.read(tmp_path / "v.csv")) == 1


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (([], [], []), "no votes"),
        (([1, 2], ["w"], ["a"]), "lengths"),
        (([1], ["w"], [None]), "lacks a value"),
        (([1], ["w"], [float("nan")]), "lacks a value"),
        (([1, "1"], ["w", "w"], ["a", "b"]), "mixes"),
        (([1], ["w"], ["a"], [-1.0]), "negative"),
        (([1], ["w"], ["a"], [float("inf")]), "inf"),
    ],
)
def test_bad_columns(columns, words):
    with pytest.raises(InvalidInput, match=words):
        Votes.from_arrays(*columns)
