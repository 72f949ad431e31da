"""Files that cannot be read: each is one clear line that names the file."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario import load


def test_missing_file_offers_the_nearest(folder: Callable[..., Path], lines: Callable[..., list[str]]) -> None:
    folder({"frontier.yaml": ""})
    assert lines(path="frontire.yaml") == ["frontire.yaml: no such file (did you mean 'frontier.yaml'?)"]
    assert lines(path="nowhere/at/all.yaml") == ["nowhere/at/all.yaml: no such file"]


def test_what_is_no_text_file(folder: Callable[..., Path], lines: Callable[..., list[str]], base: str) -> None:
    root = folder({"empty.yaml": "", "comment.yaml": "# nothing\n", "list.yaml": "- a\n", "word.yaml": "hello\n"})
    (root / "folder").mkdir()
    os.mkfifo(root / "pipe")
    (root / "utf16.yaml").write_text(base, encoding="utf-16")
    (root / "latin.yaml").write_bytes(base.encode() + "note: für\n".encode("latin-1"))
    (root / "nul.yaml").write_bytes(base.encode() + b"note: a\0b\n")
    assert lines(path="folder") == ["folder: is a directory, not a file"]
    assert lines(path="pipe") == ["pipe: is not a regular file"]
    assert lines(path="/dev/zero") == ["/dev/zero: is not a regular file"]
    assert lines(path="a\0b") == ["a\\x00b: cannot be read: embedded null byte"]
    assert lines(path="empty.yaml") == ["empty.yaml: the file is empty: a scenario needs `start`, `end` and `labs`"]
    assert lines(path="comment.yaml") == ["comment.yaml: the file is empty: a scenario needs `start`, `end` and `labs`"]
    expected = "a scenario is a mapping of keys such as start, end and labs; got"
    assert lines(path="list.yaml") == [f"list.yaml:1:1: {expected} a list"]
    assert lines(path="word.yaml") == [f"word.yaml:1:1: {expected} 'hello'"]
    assert lines(path="utf16.yaml") == ["utf16.yaml: is UTF-16 text; save it as UTF-8"]
    assert lines(path="latin.yaml") == ["latin.yaml:8:8: is not UTF-8 text from here on (byte 0xfc); save it as UTF-8"]
    assert lines(path="nul.yaml") == [
        "nul.yaml:8:8: holds a NUL byte, so it is not UTF-8 text; if it is a text, save it as UTF-8"
    ]


def test_a_large_file_is_refused_unread(
    folder: Callable[..., Path], lines: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = folder({"limit.yaml": "#" * 1_000_000})
    with (root / "huge.yaml").open("wb") as file:
        file.truncate(10**12)  # a terabyte that takes no room
    assert lines(path="limit.yaml") == ["limit.yaml: the file is empty: a scenario needs `start`, `end` and `labs`"]
    began = time.process_time()
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("it was read"))
    message = "huge.yaml: has 1,000,000,000,000 bytes; files above 1,000,000 bytes are refused"
    assert lines(path="huge.yaml") == [message]
    assert time.process_time() - began < 1.0


def test_no_permission(
    folder: Callable[..., Path], lines: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder({"secret.yaml": "a: 1"})

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert lines(path="secret.yaml") == ["secret.yaml: no permission to read it"]


def test_a_byte_order_mark_and_odd_paths_are_fine(folder: Callable[..., Path], base: str) -> None:
    root = folder({"with space/größe.yaml": base})
    (root / "bom.yaml").write_bytes(b"\xef\xbb\xbf" + base.replace("\n", "\r\n").encode())
    assert load("with space/größe.yaml").name == "größe"
    assert list(load("bom.yaml").draw().labs) == ["Aurora"]
