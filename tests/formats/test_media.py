"""Media stay where they are or are copied by content; what comes over the network cannot name local files."""

from hashlib import sha256
from pathlib import Path

import pytest

from quorate.errors import InvalidInput
from quorate.formats.media import Intake, kept, local


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "pictures" / "a b.png"
    path.parent.mkdir()
    path.write_bytes(b"not really a picture")
    return path


def test_a_path_becomes_a_url_with_its_hash(image: Path) -> None:
    taken = Intake(image.parent).take("a b.png")
    assert taken == {"url": image.as_uri(), "type": "image/png", "sha256": sha256(image.read_bytes()).hexdigest()}
    assert local(taken["url"], image.parent) == image


def test_a_copy_is_named_by_its_content_and_made_once(image: Path, tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    intake = Intake(image.parent, copies)
    first, second = intake.take({"url": str(image), "type": "image/x"}), intake.take(image.as_uri())
    digest = sha256(image.read_bytes()).hexdigest()
    assert first == {"url": f"media:{digest}", "type": "image/x", "sha256": digest}
    assert second["url"] == first["url"]
    assert kept(digest, copies).read_bytes() == image.read_bytes()
    assert [path for path in copies.rglob("*") if path.is_file()] == [kept(digest, copies)]


@pytest.mark.parametrize("url", ["https://example.org/a.png", "s3://bucket/a.png", "media:" + "0" * 64])
def test_remote_media_stay_where_they_are(url: str) -> None:
    assert Intake().take(url)["url"] == url


@pytest.mark.parametrize(
    "url",
    ["/etc/passwd", "file:///etc/passwd", "a.png", "local:///etc/passwd", "zip://a::file:///etc/a.zip",
     "media:../../etc/passwd", "memory://a", "https::file:///etc/passwd", ""],
)  # fmt: skip
def test_nothing_local_comes_over_the_network(url: str) -> None:
    with pytest.raises(InvalidInput):
        Intake().take(url)


@pytest.mark.parametrize("written", [{"type": "image/png"}, 7, None, {"url": 7}, "absent.png", "gopher://a"])
def test_what_is_no_medium_is_refused(written: object, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        Intake(tmp_path).take(written)


def test_a_copy_cannot_be_named_by_a_path(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        kept("../../etc/passwd", tmp_path)
