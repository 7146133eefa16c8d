"""Downloads of models: whole and as published or not there, and one sentence for whatever the network does."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from engine.api import AddModelRequest, fetch_model, find_model, remove_model
from engine.cli import run_command_line
from engine.errors import Cancelled, DownloadError, EngineError, ModelError, WriteError
from engine.model import bundled, download
from engine.model.adding import add_model
from engine.model.download import trusted
from engine.model.installed import models_folder
from engine.model.library import load_model
from engine.progress import JobControl, Progress
from tests.support.file_server import PIECE_BYTES, FileServer
from tests.support.models import save_tiny_model

pytestmark = pytest.mark.usefixtures("net")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return save_tiny_model(tmp_path_factory.mktemp("published") / "weights.safetensors").read_bytes()


@pytest.fixture
def server(weights: bytes) -> Iterator[FileServer]:
    before = threading.active_count()
    with FileServer(weights) as server:
        yield server
    assert threading.active_count() == before


class Net(NamedTuple):
    """Writes what the manifest says of the model `far`, which is all that it knows."""

    manifest: Path

    def publish(self, url: str, sha256: str = "", size_bytes: int = 0) -> None:
        self.manifest.write_text(
            f'[downloadable.far]\nstems = ["a", "b"]\nsource = "a page"\nlicence = "MIT"\nurl = "{url}"\n'
            f'sha256 = "{sha256}"\nsize_bytes = {size_bytes}\n'
        )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return models_folder()


@pytest.fixture
def net(tmp_path: Path, folder: Path, server: FileServer, monkeypatch: pytest.MonkeyPatch) -> Net:
    manifest = tmp_path / "resources" / "models" / bundled.MANIFEST
    manifest.parent.mkdir(parents=True)
    monkeypatch.setattr(bundled, "files", lambda _package: tmp_path / "resources")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(download, "_BLOCK_BYTES", 10_000)
    monkeypatch.setattr(download, "_REPORT_SECONDS", 0.0)
    net = Net(manifest)
    net.publish(server.url)
    assert not folder.exists()
    return net


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def files_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


def fails(kind: type[EngineError], words: str) -> str:
    with pytest.raises(kind, match=words) as caught:
        fetch_model("far")
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("published", [True, False])
def test_a_download_is_checked_tried_out_listed_and_loaded(
    published: bool, net: Net, server: FileServer, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net.publish(server.url, sha256(server.data) if published else "", len(server.data))
    assert run_command_line(["models", "download", "far"]) == 0
    out = capsys.readouterr().out
    assert sha256(server.data) in out
    assert ("as published" in out) == published
    entry = find_model("far")
    assert (entry.state, entry.sha256, entry.published) == ("installed", sha256(server.data), published)
    assert load_model("far").sha256 == sha256(server.data)
    assert files_of(folder) == ["far.json", "far.safetensors"]


def test_progress_rises_to_the_whole(server: FileServer) -> None:
    seen: list[Progress] = []
    fetch_model("far", seen.append)
    done = [progress.done for progress in seen]
    assert len(done) > 5
    assert done == sorted(done)
    assert done[-1] == seen[-1].total == len(server.data)
    assert {progress.phase for progress in seen} == {"download"}


def test_progress_is_not_told_more_often_than_anyone_looks(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "_REPORT_SECONDS", 3600.0)
    seen: list[Progress] = []
    fetch_model("far", seen.append)
    assert len(seen) == 2
    assert 0 < seen[0].done < seen[1].done == len(server.data)


def test_a_slow_server_is_followed_piece_by_piece(server: FileServer) -> None:
    pieces = server.pieces = threading.Semaphore(1)
    seen: list[Progress] = []

    def ask_for_more(progress: Progress) -> None:
        seen.append(progress)
        pieces.release()  # not before this one was told

    assert fetch_model("far", ask_for_more).read_bytes() == server.data
    assert len(seen) >= len(server.data) / PIECE_BYTES
    assert all(progress.eta_seconds is not None for progress in seen[1:])


def test_a_broken_download_goes_on_where_it_broke_off(server: FileServer, folder: Path) -> None:
    server.breaks_after = 50_000
    assert "go on after 0.1 MB" in fails(DownloadError, "broke off")
    assert (folder / "far.part").read_bytes() == server.data[:50_000]
    assert find_model("far").state == "available"
    assert fetch_model("far").read_bytes() == server.data
    assert server.asked_from == [0, 50_000]
    assert files_of(folder) == ["far.safetensors"]


def without_ranges(server: FileServer) -> None:
    server.ranges = False


def with_other_weights(server: FileServer) -> None:
    server.data = server.data[::-1]


@pytest.mark.parametrize("change", [without_ranges, with_other_weights])
def test_a_download_that_cannot_go_on_starts_again(change: Callable[[FileServer], None], server: FileServer) -> None:
    server.breaks_after = 50_000
    fails(DownloadError, "broke off")
    change(server)
    assert fetch_model("far").read_bytes() == server.data
    assert server.asked_from == [0, 0]


def test_a_part_of_another_address_is_not_gone_on_with(net: Net, server: FileServer) -> None:
    server.breaks_after = 50_000
    fails(DownloadError, "broke off")
    net.publish(server.url.replace("weights", "others"))
    fetch_model("far")
    assert server.asked_from == [0, 0]


def test_a_server_that_sends_another_part_is_found_out(server: FileServer, folder: Path) -> None:
    server.breaks_after = 50_000
    fails(DownloadError, "broke off")
    server.shift = 1
    fails(DownloadError, "another part")
    assert files_of(folder) == []
    assert fetch_model("far").read_bytes() == server.data


def test_a_part_longer_than_the_file_is_thrown_away(server: FileServer, folder: Path) -> None:
    server.breaks_after = 50_000
    fails(DownloadError, "broke off")
    server.status = 416
    fails(DownloadError, "HTTP 416")
    assert files_of(folder) == []


def test_another_file_than_the_published_one_is_refused_and_deleted(
    net: Net, server: FileServer, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net.publish(server.url, "0" * 64)
    assert run_command_line(["models", "download", "far"]) == 1
    assert "not the published file of 'far'" in capsys.readouterr().err
    assert files_of(folder) == []


def test_what_is_no_model_is_refused_and_deleted(server: FileServer, folder: Path) -> None:
    server.data = b"<html>please log in</html>"
    path = fetch_model("far")
    with pytest.raises(ModelError, match="damaged or no safetensors file"):
        add_model(AddModelRequest(path, "far"))
    assert files_of(folder) == []


def test_a_whole_download_that_was_not_added_yet_is_not_fetched_again(server: FileServer) -> None:
    assert fetch_model("far") == fetch_model("far")
    assert server.asked_from == [0]


def test_another_length_than_the_published_one_is_refused(net: Net, server: FileServer, folder: Path) -> None:
    net.publish(server.url, size_bytes=7)
    fails(DownloadError, r"has [\d,]+ bytes, and the published one 7")
    assert files_of(folder) == []


def test_a_server_that_does_not_say_the_length_will_do(server: FileServer) -> None:
    server.says_length = False
    seen: list[Progress] = []
    assert fetch_model("far", seen.append).read_bytes() == server.data
    assert {(progress.total, progress.eta_seconds) for progress in seen} == {(0, None)}


@pytest.mark.parametrize(
    ("status", "words"), [(404, r"has no such file \(HTTP 404\); see a page"), (503, "HTTP 503.*try again later")]
)
def test_a_refusal_is_said(status: int, words: str, server: FileServer, folder: Path) -> None:
    server.status = status
    fails(DownloadError, words)
    assert files_of(folder) == []


def test_no_connection_is_said(net: Net) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        net.publish(f"http://127.0.0.1:{unused.getsockname()[1]}/x.ckpt")
        fails(DownloadError, "no connection to 127.0.0.1; check the network")


def test_a_silent_server_is_not_waited_for_for_ever(
    server: FileServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TIMEOUT_SECONDS", 0.2)
    server.waits_after = 30_000
    fails(DownloadError, "said nothing for 0.2 seconds; download it again to go on after 0.0 MB")
    assert (folder / "far.part").stat().st_size == 30_000


def test_a_cancel_reaches_a_download_that_waits_for_a_silent_server(server: FileServer, folder: Path) -> None:
    server.waits_after = 30_000
    control = JobControl()

    later = threading.Timer(0.05, control.cancel)  # by then the next read waits

    def cancel_later(progress: Progress) -> None:
        if progress.done == 30_000:
            later.start()

    with pytest.raises(Cancelled):
        fetch_model("far", cancel_later, control)
    later.join()
    assert (folder / "far.part").read_bytes() == server.data[:30_000]
    remove_model("far")
    assert files_of(folder) == []


def test_a_full_disk_is_said_and_given_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(download.os, "fsync", full)
    fails(WriteError, "the disk is full")
    assert files_of(folder) == []


def test_a_write_that_fails_on_the_way_is_said_and_given_back(folder: Path) -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, before[1]))
    try:
        fails(WriteError, "File too large")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert files_of(folder) == []


def test_a_file_that_does_not_fit_the_disk_is_not_begun(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download.shutil, "disk_usage", lambda _path: NamedTuple("Usage", [("free", int)])(10_000))
    fails(WriteError, "the disk has 0 MB left")
    assert files_of(folder) == []


@pytest.mark.parametrize("url", ["http://example.org/x.ckpt", "ftp://localhost/x.ckpt"])
def test_nobody_is_sent_to_an_unsafe_address(url: str, server: FileServer) -> None:
    server.moved_to = url
    fails(DownloadError, f"its address {url} is not https")


@pytest.mark.parametrize("url", ["http://example.org/x.ckpt", "file:///etc/passwd", "nonsense"])
def test_only_safe_addresses_are_asked(url: str, net: Net) -> None:
    net.publish(url)
    fails(DownloadError, f"its address {url} is not https")


def test_a_server_may_send_on_to_another_one_also_for_the_rest(net: Net, server: FileServer) -> None:
    with FileServer(b"", moved_to=server.url) as first:
        net.publish(first.url)
        server.breaks_after = 50_000
        fails(DownloadError, "broke off")
        assert fetch_model("far").read_bytes() == server.data
    assert server.asked_from == [0, 50_000]


def test_what_is_here_or_unknown_is_not_downloaded(server: FileServer) -> None:
    add_model(AddModelRequest(fetch_model("far"), "far"))
    fails(ModelError, "there is a model named 'far' already")
    with pytest.raises(ModelError, match="no model named 'near'"):
        fetch_model("near")
    assert server.asked_from == [0]


class KnowsNobody(ssl.SSLContext):
    """A context without certificates, which writes down those that it is given."""

    given: list[object]

    def load_verify_locations(self, cafile: object = None, *_others: object, **_more: object) -> None:
        self.given.append(cafile)


@pytest.mark.parametrize(
    ("platform", "there", "given"), [("darwin", True, 1), ("darwin", False, 0), ("linux", True, 0)]
)
def test_a_python_without_certificates_takes_those_of_macos(
    platform: str, there: bool, given: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = KnowsNobody(ssl.PROTOCOL_TLS_CLIENT)
    empty.given = []
    monkeypatch.setattr(ssl, "create_default_context", lambda: empty)
    bundle = tmp_path / "cert.pem"
    if there:
        bundle.write_text("")
    assert trusted(platform, bundle) is empty
    assert empty.given == [bundle] * given
    assert empty.verify_mode == ssl.CERT_REQUIRED
