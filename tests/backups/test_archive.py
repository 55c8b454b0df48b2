"""The file of a backup: whole under its name or not there; whatever is damaged in it is found before it is believed."""

import fcntl
import os
import resource
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from voltsafe.backups import archive, manifest
from voltsafe.backups.archive import CannotBackUp
from voltsafe.backups.manifest import CannotRestore, Kept, Manifest

ROWS = [b"1\tKettle\n", b"2\tOven\n"]
KEY = b"a key that only this test uses, long enough"


def a_backup(path: Path, **fields: Any) -> Path:
    with archive.written(path) as writer:
        kept = Kept(["id", "name"], writer.add(manifest.member("loads"), ROWS), 2)
        writer.add(manifest.KEY, [KEY])
        given: dict[str, Any] = {
            "format": manifest.FORMAT,
            "version": "0.1.0",
            "made_at": "2026-11-26T00:00:00+00:00",
            "engine": "sqlite",
            "migrations": [],
            "key_fingerprint": "",
            "tables": {"loads": kept},
            "sha256": writer.sha256,
        }
        writer.finish(Manifest(**{**given, **fields}))
    return path


def contents(path: Path) -> tuple[list[bytes], str, dict[str, Kept]]:
    with archive.opened(path) as reader:
        return list(reader.lines("loads")), reader.key(), reader.manifest.tables


def test_holds_what_was_put_in(tmp_path: Path) -> None:
    whole = a_backup(tmp_path / "a.zip")

    assert contents(whole) == (ROWS, KEY.decode(), {"loads": Kept(["id", "name"], 2, 2)})
    assert whole.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["a.zip"]


def test_wherever_a_byte_is_wrong_it_is_refused_or_says_the_same(tmp_path: Path) -> None:
    whole, dice = a_backup(tmp_path / "a.zip"), Random(5)
    right, said = contents(whole), whole.read_bytes()
    refused = 0
    for place in dice.sample(range(len(said)), 300):
        damaged = tmp_path / "damaged.zip"
        damaged.write_bytes(said[:place] + bytes([said[place] ^ 1 << dice.randrange(8)]) + said[place + 1 :])
        try:
            assert contents(damaged) == right
        except CannotRestore:
            refused += 1
    assert refused > 200


def test_cut_off_anywhere_it_is_refused(tmp_path: Path) -> None:
    said = a_backup(tmp_path / "a.zip").read_bytes()
    for length in (0, 1, len(said) // 2, len(said) - 1):
        (tmp_path / "cut.zip").write_bytes(said[:length])
        with pytest.raises(CannotRestore):
            contents(tmp_path / "cut.zip")


def with_another(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as opened:
        opened.writestr("rows/guests.tsv", "1\n")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"format": manifest.FORMAT + 1, "version": "9.0"}, "made by VoltSafe 9.0, in a format"),
        ({"sha256": {}}, "does not hold what its manifest says"),
        ({"tables": {}}, "does not hold what its manifest says"),
        ({"sha256": {manifest.member("loads"): "0" * 64, manifest.KEY: "0" * 64}}, "is not what was written"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(tmp_path: Path, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(CannotRestore, match=said):
        contents(a_backup(tmp_path / "a.zip", **fields))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "new"}', '{"format": 1, "tables": {"loads": null}}'])
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as opened:
        opened.writestr(manifest.NAME, text)

    with pytest.raises(CannotRestore, match="is no backup of VoltSafe"):
        contents(tmp_path / "a.zip")


def test_what_was_put_in_later_is_refused(tmp_path: Path) -> None:
    with_another(a_backup(tmp_path / "a.zip"))

    with pytest.raises(CannotRestore, match="does not hold what its manifest says"):
        contents(tmp_path / "a.zip")


def test_another_file_a_folder_or_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.zip").write_text("Dear friend")
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as opened:
        opened.writestr("cat.jpg", "")

    for name in ("letter.zip", "photos.zip", "nowhere.zip", "."):
        with pytest.raises(CannotRestore):
            contents(tmp_path / name)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    before = a_backup(tmp_path / "a.zip").read_bytes()

    with pytest.raises(CannotBackUp, match="is there already"):
        a_backup(tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == before


def test_what_came_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    with pytest.raises(CannotBackUp, match="File exists"), archive.written(tmp_path / "a.zip"):
        (tmp_path / "a.zip").write_text("mine")

    assert (tmp_path / "a.zip").read_text() == "mine"
    assert [file.name for file in tmp_path.iterdir()] == ["a.zip"]


def test_a_file_system_without_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refused)

    assert contents(a_backup(tmp_path / "a.zip"))[0] == ROWS
    assert [file.name for file in tmp_path.iterdir()] == ["a.zip"]


def test_what_a_killed_one_left_is_cleared_away_and_what_is_under_way_is_not(tmp_path: Path) -> None:
    (tmp_path / f"voltsafe-killed.zip{archive.PART}").write_bytes(b"half" * 1000)
    (tmp_path / f"download.zip{archive.PART}").write_text("a browser's")
    with (tmp_path / f"voltsafe-now.zip{archive.PART}").open("wb") as writing:
        fcntl.flock(writing, fcntl.LOCK_EX)
        archive.clear(tmp_path, "voltsafe-")
        with pytest.raises(CannotBackUp, match="under way"):
            a_backup(tmp_path / "voltsafe-now.zip")

    assert sorted(file.name for file in tmp_path.iterdir()) == [
        f"download.zip{archive.PART}",
        f"voltsafe-now.zip{archive.PART}",
    ]
    a_backup(tmp_path / "voltsafe-now.zip")


@contextmanager
def files_no_longer_than(length: int) -> Iterator[None]:
    """As on a disk that is full: Python hears of it as an error of the write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("length", [0, 100, 700])
def test_a_full_disk_leaves_no_half_file_and_is_said(tmp_path: Path, length: int) -> None:
    assert a_backup(tmp_path / "whole.zip").stat().st_size > 700
    with files_no_longer_than(length), pytest.raises(CannotBackUp, match=r"File too large.*Make room"):
        a_backup(tmp_path / "a.zip")

    assert [file.name for file in tmp_path.iterdir()] == ["whole.zip"]


def test_a_place_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotBackUp, match="No such file or directory"):
        a_backup(tmp_path / "nowhere" / "a.zip")
