"""`quorate aggregate` as a user runs it: good answers on good files, clear words on bad ones."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from quorate.cli import main as door
from quorate.truth import Votes
from quorate.truth.check import simulate


@pytest.fixture
def run(monkeypatch, capsys):
    """Call the command in this process: (exit code, stdout, stderr)."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["quorate", "aggregate", *map(str, arguments)])
        try:
            door.main()
            code = 0
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def sample(tmp_path):
    """Votes of 120 items on disk, with their truth."""
    votes, truth = simulate(np.random.default_rng(1))
    votes.write(tmp_path / "votes.csv")
    rows = [f"{item},{votes.labels[k]}" for item, k in zip(votes.items, truth, strict=True)]
    (tmp_path / "truth.csv").write_text("item,label\n" + "\n".join(rows) + "\n")
    return tmp_path


def rows(path):
    with Path(path).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def write(tmp_path, text, name="votes.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def test_json_has_the_promised_keys(run, sample):
    code, out, _ = run(sample / "votes.csv", "--method", "dawid_skene", "--truth", sample / "truth.csv", "--json")
    answer = json.loads(out)
    assert code == 0
    assert list(answer) == ["method", "items", "workers", "votes", "classes", "accuracy", "nll", "ece", "seconds"]
    assert (answer["items"], answer["workers"], answer["votes"], answer["classes"]) == (120, 12, 600, 3)
    assert answer["accuracy"] > 0.9
    assert 0 <= answer["ece"] < 0.2
    assert answer["seconds"] > 0


def test_without_truth_nothing_is_scored(run, sample):
    code, out, _ = run(sample / "votes.csv", "--method", "majority", "--json")
    assert code == 0
    assert json.loads(out)["accuracy"] is None


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_labels_and_workers_are_written(run, sample, suffix):
    labels, workers = sample / f"labels.{suffix}", sample / f"workers.{suffix}"
    code, _, _ = run(sample / "votes.csv", "--method", "dawid_skene", "--out", labels, "--workers", workers)
    assert code == 0
    if suffix == "parquet":
        from pyarrow import parquet

        table, people = (parquet.read_table(str(path)).to_pylist() for path in (labels, workers))
    else:
        table, people = rows(labels), rows(workers)
    assert len(table) == 120
    for row in table:
        each = [float(row[f"p_class{k}"]) for k in range(3)]
        assert sum(each) == pytest.approx(1)
        assert float(row["confidence"]) == pytest.approx(max(each))
        assert row["next"] in ("", "vote", "expert")
    assert len(people) == 12
    assert all(float(p["low"]) <= float(p["accuracy"]) <= float(p["high"]) for p in people)


@pytest.mark.parametrize("option", ["--out", "--workers"])
@pytest.mark.parametrize("method", ["majority", "spans"])
def test_what_cannot_be_written_is_refused_before_anything_is_fitted(run, sample, monkeypatch, option, method):
    for fitting in ("make", "Spans"):
        monkeypatch.setattr(f"quorate.truth.{fitting}", lambda *_: pytest.fail("A model was made."))
    for name, words in (
        ("labels.xyz", "End the file's name in .csv or .parquet."),
        ("labels", "a file without ending"),
        ("nowhere/labels.csv", "There is no such folder."),
    ):
        code, _, err = run(sample / "votes.csv", "--method", method, option, sample / name)
        assert (code, name.partition("/")[0] in err, words in err) == (2, True, True), err
    assert not (sample / "labels.xyz").exists()


def test_tables_on_the_terminal(run, sample):
    code, out, _ = run(sample / "votes.csv", "--method", "dawid_skene", "--truth", sample / "truth.csv")
    assert code == 0
    for words in ("600 votes", "accuracy", "alpha", "Labels", "Workers", "verdict"):
        assert words in out


def test_gold_is_kept_and_not_scored(run, sample):
    truth = rows(sample / "truth.csv")
    wrong = {"class0": "class1", "class1": "class2", "class2": "brand new"}
    gold = "item,label\n" + "".join(f"{row['item']},{wrong[row['label']]}\n" for row in truth[:10])
    path = write(sample, gold, "gold.csv")
    args = (sample / "votes.csv", "--method", "dawid_skene", "--gold", path, "--out", sample / "l.csv", "--json")
    code, out, _ = run(*args, "--truth", sample / "truth.csv")
    assert code == 0
    assert json.loads(out)["classes"] == 4
    assert json.loads(out)["accuracy"] > 0.85
    found = {row["item"]: row["label"] for row in rows(sample / "l.csv")}
    assert all(found[row["item"]] == wrong[row["label"]] for row in truth[:10])


def test_gold_that_nobody_judged_is_told(run, sample):
    known = write(sample, "item,label\nnobody's,class0\n", "gold.csv")
    code, _, err = run(sample / "votes.csv", "--method", "majority", "--gold", known)
    assert (code, "1 of 1 known answers are of items without votes" in err) == (0, True)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_what_spreadsheets_write_is_read(run, tmp_path, mark):
    text = "item,worker,label\n1,ann,cat\n1,ben,cat\n2,ann,dog\n".replace(",", mark)
    code, out, _ = run(write(tmp_path, text), "--method", "majority", "--json")
    assert (code, json.loads(out)["items"]) == (0, 2)


def test_parquet_with_numbers_and_csv_truth(run, sample):
    from pyarrow import parquet, table

    parquet.write_table(
        table({"task": [1, 1, 2, 2], "worker": [7, 8, 7, 8], "label": [0, 0, 1, 1]}), str(sample / "v.parquet")
    )
    truth = write(sample, "item,label\n1,0\n2,1\n", "t.csv")
    code, out, _ = run(sample / "v.parquet", "--method", "majority", "--truth", truth, "--json")
    assert code == 0
    assert json.loads(out)["accuracy"] == 1


BAD = {
    "missing column": ("item,label\n1,a\n", "'worker'"),
    "empty file": ("", "empty"),
    "header only": ("item,worker,label\n", "no votes"),
    "missing label": ("item,worker,label\n1,w,a\n2,w,\n", "row 2"),
    "NaN label": ("item,worker,label\n1,w,a\n2,w,NaN\n", "row 2"),
    "a row too short": ("item,worker,label\n1,w,a\n2,w\n", "Row #3: Expected 3 columns"),
    "NaN weight": ("item,worker,label,weight\n1,w,a,1\n2,w,b,nan\n", "weight"),
    "negative weight": ("item,worker,label,weight\n1,w,a,-1\n", "negative"),
    "a weight in words": ("item,worker,label,weight\n1,w,a,much\n", "numeric"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_get_a_clear_error(run, tmp_path, name):
    text, words = BAD[name]
    code, _, err = run(write(tmp_path, text), "--method", "majority")
    assert code == 2
    assert words in err
    assert "votes.csv" in err


def test_not_utf8(run, tmp_path):
    code, _, err = run(write(tmp_path, "item,worker,label\n1,w,grün\n", encoding="latin-1"), "--method", "majority")
    assert code == 2
    assert "UTF-8" in err


def test_no_such_file(run, tmp_path):
    code, _, err = run(tmp_path / "nothing.csv", "--method", "majority")
    assert code == 2
    assert "no such file" in err


def test_no_such_method(run, sample):
    code, _, err = run(sample / "votes.csv", "--method", "oracle")
    assert code == 2
    assert "dawid_skene" in err


def test_an_error_is_json_when_asked(run, tmp_path):
    code, out, _ = run(write(tmp_path, ""), "--json")
    assert code == 2
    assert json.loads(out)["error"]["type"] == "invalid-input"


def test_two_truths_for_one_item(run, sample):
    path = write(sample, "item,label\nitem0,class0\nitem0,class1\n", "g.csv")
    code, _, err = run(sample / "votes.csv", "--method", "majority", "--gold", path)
    assert code == 2
    assert "two labels" in err


def test_truth_of_other_items(run, sample):
    path = write(sample, "item,label\nelsewhere,class0\n", "t.csv")
    code, _, err = run(sample / "votes.csv", "--method", "majority", "--truth", path)
    assert code == 2
    assert "both votes and a truth" in err


def test_a_hundred_thousand_classes(run, tmp_path):
    text = "item,worker,label\n" + "".join(f"{i},w{i % 50},text {i}\n" for i in range(100_000))
    code, _, err = run(write(tmp_path, text), "--method", "majority")
    assert code == 2
    assert "100000 classes" in err


@pytest.mark.parametrize("method", ["majority", "dawid_skene", "consensus"])
@pytest.mark.parametrize(
    ("text", "size", "note"),
    [
        ("item,worker,label\n1,w,a\n2,w,a\n", (2, 1, 2, 1), "one class"),
        ("item,worker,label\n1,w,a\n2,w,b\n", (2, 1, 2, 2), "one worker"),
        ("item,worker,label\n1,v,a\n2,v,b\n1,w,a\n", (2, 2, 3, 2), ""),
        ("item,worker,label\n1,v,a\n1,w, a \n2,v,b\n", (2, 2, 3, 2), ""),
        ("item,worker,label\n1,v,Yes\n1,w,yes\n2,v,No\n", (2, 2, 3, 3), "case"),
        ("item,worker,label\n1,v,a\n1,v,a\n2,v,b\n", (2, 1, 2, 2), "repeat"),
    ],
    ids=["one class", "one worker", "a worker with one vote", "space", "case", "repeats"],
)
def test_odd_files_get_a_sane_answer(run, tmp_path, method, text, size, note):
    code, out, err = run(write(tmp_path, text), "--method", method, "--json", "--out", tmp_path / "l.csv")
    answer = json.loads(out)
    assert code == 0
    assert (answer["items"], answer["workers"], answer["votes"], answer["classes"]) == size
    assert note in err
    assert all(0 < float(row["confidence"]) <= 1 + 1e-9 for row in rows(tmp_path / "l.csv"))


def test_repeats_count_when_asked(run, tmp_path):
    path = write(tmp_path, "item,worker,label\n1,v,a\n1,v,a\n1,w,b\n")
    _, out, _ = run(path, "--method", "majority", "--json", "--repeats")
    assert json.loads(out)["votes"] == 3


def test_verdicts(run, tmp_path):
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 300)
    said = {f"good{j}": np.where(rng.random(300) < 0.9, truth, rng.integers(0, 3, 300)) for j in range(5)}
    said |= {"random": rng.integers(0, 3, 300), "constant": np.zeros(300, int), "liar": (truth + 1) % 3}
    said |= {"mixer": np.where(truth == 0, rng.integers(0, 2, 300), truth), "novice": truth[:3]}
    text = "item,worker,label\n"
    text += "".join(f"{i},{w},{'ABC'[k]}\n" for w, labels in said.items() for i, k in enumerate(labels))
    code, _, _ = run(write(tmp_path, text), "--method", "dawid_skene", "--workers", tmp_path / "w.csv")
    assert code == 0
    verdict = {row["worker"]: row["verdict"] for row in rows(tmp_path / "w.csv")}
    assert verdict == {f"good{j}": "good" for j in range(5)} | {
        "random": "random",
        "constant": "constant",
        "liar": "adversarial",
        "mixer": "confuses A with B",
        "novice": "too few votes",
    }


def test_on_dask(run, sample):
    distributed = pytest.importorskip("distributed")
    votes = Votes.read(sample / "votes.csv")
    folder = sample / "parts"
    folder.mkdir()
    for number, rows_ in enumerate(np.array_split(np.arange(len(votes)), 2)):
        votes.take(rows_).write(folder / f"{number}.parquet")
    args = ("--method", "dawid_skene", "--truth", sample / "truth.csv", "--json")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        _, spread, _ = run(folder, *args, "--dask", cluster.scheduler_address)
    _, alone, _ = run(folder, *args)
    spread, alone = json.loads(spread), json.loads(alone)
    assert spread.pop("seconds") > 0
    alone.pop("seconds")
    assert spread == pytest.approx(alone, abs=1e-6)


def test_dask_takes_one_method(run, sample):
    code, _, err = run(sample / "votes.csv", "--dask", "tcp://127.0.0.1:1")
    assert code == 2
    assert "dawid_skene" in err


def test_the_default_is_consensus(run, sample):
    code, out, _ = run(sample / "votes.csv", "--truth", sample / "truth.csv", "--json")
    assert code == 0
    assert json.loads(out)["method"] == "consensus"
    assert json.loads(out)["accuracy"] > 0.9


def test_as_a_program(sample):
    """The installed command, in a process of its own, with the import costs of a real run."""
    program = Path(sys.executable).parent / "quorate"
    done = subprocess.run(
        [program, "aggregate", sample / "votes.csv", "--method", "majority", "--json"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert json.loads(done.stdout)["votes"] == 600


def test_repeats_of_the_sample_are_read_back(sample):
    assert len(Votes.read(sample / "votes.csv")) == 600


def test_spans_and_boxes_are_aggregated_and_scored(run, tmp_path):
    said = [{"start": 0, "end": 4, "label": "PER"}]
    drawn = [{"x1": 10, "y1": 10, "x2": 20, "y2": 30}]
    for method, marks in (("spans", said), ("boxes", drawn)):
        lines = [f"i{i},w{w}," + json.dumps(json.dumps(marks)).replace('\\"', '""') for i in range(4) for w in range(3)]
        votes = write(tmp_path, "item,worker,label\n" + "\n".join([*lines, "i4,w0,[]", "i4,w1,[]"]) + "\n")
        truth = "\n".join(f"i{i}," + json.dumps(json.dumps(marks)).replace('\\"', '""') for i in range(4))
        known = write(tmp_path, f"item,label\n{truth}\n", "truth.csv")
        code, out, _ = run(votes, "--method", method, "--truth", known, "--out", tmp_path / "out.csv", "--json")
        assert code == 0
        assert json.loads(out)["f1"] == 1.0
        found = {row["item"]: json.loads(row["label"]) for row in rows(tmp_path / "out.csv")}
        assert len(found["i0"]) == 1
        assert found["i4"] == []
