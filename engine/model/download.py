"""Getting a model's file over HTTPS: resumable, with progress and cancel, into place only when it is whole.

    NAME.part    what has come so far
    NAME.resume  where from, and the server's mark of that version, so that two versions are never put together

What comes is untrusted until `engine.model.adding.add_model` has checked it.
"""

from __future__ import annotations

import http.client
import io
import json
import os
import re
import shutil
import socket
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlsplit

from engine import __version__
from engine.checked import from_json_text
from engine.errors import Cancelled, DownloadError, ModelError, WriteError, write_error
from engine.model.adding import known_as
from engine.model.catalog import find_model, how_to_get
from engine.model.entry import ModelEntry
from engine.model.installed import claimed
from engine.progress import JobControl, Progress, ProgressCallback, Stopwatch, ignore_progress
from engine.said import say
from engine.whole_file import patiently

# How long a server may say nothing.
TIMEOUT_SECONDS = 20.0

_BLOCK_BYTES = 1 << 18
_WATCH_SECONDS = 0.1
# A fast network brings thousands of blocks a second, which nobody can look at.
_REPORT_SECONDS = 0.1
_OWN_MACHINE = ("localhost", "127.0.0.1", "::1")


def fetch_model(name: str, on_progress: ProgressCallback = ignore_progress, control: JobControl | None = None) -> Path:
    """Download the file of a model that is available; `engine.model.adding.add_model` then takes it in.

    What has come stays after an error or a cancel, and the next call goes on from there if the server lets it; when
    the disk is full, it goes.

    Returns:
        The file, where the model's file belongs.

    Raises:
        ModelError: There is no such model, it is here already, or it has no address to download from.
        DownloadError: The network or the server stood in the way.
        WriteError: The disk did.
        Cancelled: `control` asked for it.
    """
    entry = find_model(name)
    with claimed(name) as folder:
        known_as(name)
        if not entry.url:
            words = say(
                "the model {name!r} has no address to download it from; {advice}", name=name, advice=how_to_get(entry)
            )
            raise ModelError(words)
        target = folder / (name + Path(urlsplit(entry.url).path).suffix.lower())
        if not target.exists():  # it is there if it could not be checked after an earlier download
            _Download(entry, folder, on_progress, control or JobControl()).run(target)
    return target


class _Download:
    """One attempt."""

    def __init__(self, entry: ModelEntry, folder: Path, on_progress: ProgressCallback, control: JobControl) -> None:
        self._entry = entry
        self._part = folder / (entry.name + ".part")
        self._notes = folder / (entry.name + ".resume")
        self._on_progress = on_progress
        self._control = control
        self._host = urlsplit(entry.url).hostname or entry.url
        self._done = 0

    def run(self, target: Path) -> None:
        """Get the rest and put the whole in its place."""
        with self._explained():
            self._control.checkpoint()
            with self._request() as response, _hung_up_on_cancel(response, self._control):
                self._receive(response)
        with self._writing():
            patiently(self._part.replace, target)
            self._notes.unlink(missing_ok=True)

    def _request(self) -> http.client.HTTPResponse:
        """Ask for what is missing; afterwards `_done` says how much of what is here can be kept."""
        mark = self._kept_mark()
        self._done = self._part.stat().st_size if mark else 0
        headers = {"User-Agent": f"bandsaw/{__version__}", "Accept-Encoding": "identity"}
        if self._done:
            headers |= {"Range": f"bytes={self._done}-", "If-Range": mark}
        secure = urllib.request.HTTPSHandler(context=trusted())
        opener = urllib.request.build_opener(secure, _SafeRedirects(self._entry.name))
        check_address(self._entry.name, self._entry.url)
        request = urllib.request.Request(self._entry.url, headers=headers)
        try:
            response = cast("http.client.HTTPResponse", opener.open(request, timeout=TIMEOUT_SECONDS))
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and self._done:
                self._forget()
                return self._request()
            raise
        if response.status != http.client.PARTIAL_CONTENT:
            self._done = 0
        return response

    def _receive(self, response: http.client.HTTPResponse) -> None:
        total = self._total(response)
        self._check_room(total)
        with self._writing():
            self._keep_mark(response)
            # Without a buffer, closing cannot meet the full disk a second time.
            file = self._part.open("r+b" if self._done else "wb", buffering=0)
        with file:
            with self._writing():
                file.truncate(self._done)
                file.seek(self._done)
            self._copy(response, file, total)
        if total and self._done != total:
            raise self._interrupted()

    def _copy(self, response: http.client.HTTPResponse, file: io.FileIO, total: int) -> None:
        watch, reported = Stopwatch(self._control), -_REPORT_SECONDS
        while block := response.read1(_BLOCK_BYTES):
            self._control.checkpoint()
            with self._writing():
                _write_all(file, block)
            self._done += len(block)
            if time.monotonic() - reported >= _REPORT_SECONDS or self._done == total:
                reported = time.monotonic()
                self._on_progress(Progress("download", self._done, total, watch.eta_seconds(self._done, total)))
        self._control.checkpoint()  # being hung up on looks like the end
        with self._writing():
            os.fsync(file.fileno())

    def _total(self, response: http.client.HTTPResponse) -> int:
        """The whole file's length in bytes; 0 if the server does not say."""
        if self._done:
            match = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", response.headers.get("Content-Range", ""))
            if match is None or int(match[1]) != self._done:
                self._forget()
                raise self._error(
                    say("{host} sent another part than it was asked for; start it again", host=self._host)
                )
            total = int(match[2])
        else:
            total = response.length or 0
        wanted = self._entry.size_bytes
        if total and wanted and total != wanted:
            words = say(
                "the file at {host} has {total:,} bytes, and the published one {wanted:,}",
                host=self._host,
                total=total,
                wanted=wanted,
            )
            raise self._error(words)
        return total

    def _check_room(self, total: int) -> None:
        free = shutil.disk_usage(self._part.parent).free
        if total - self._done > free:
            words = say(
                "the disk has {free:,.0f} MB left, and the file {total:,.0f} MB", free=free / 1e6, total=total / 1e6
            )
            raise WriteError(self._part, words)

    def _kept_mark(self) -> str:
        """The server's mark of the version that the part belongs to; empty if there is nothing to go on from."""
        try:
            url, mark = cast("list[object]", from_json_text(self._notes.read_text(encoding="ascii")))
            return str(mark) if url == self._entry.url and self._part.is_file() else ""
        except (OSError, TypeError, ValueError):
            return ""

    def _keep_mark(self, response: http.client.HTTPResponse) -> None:
        tag = response.headers.get("ETag", "")
        mark = tag if tag.startswith('"') else response.headers.get("Last-Modified", "")
        self._notes.write_text(json.dumps([self._entry.url, mark]), encoding="ascii")

    def _forget(self) -> None:
        for path in (self._part, self._notes):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    @contextmanager
    def _writing(self) -> Generator[None]:
        """Tell errors of the disk from those of the network, which are OSErrors, too."""
        try:
            yield
        except OSError as error:
            self._forget()
            raise write_error(self._part, error) from error

    @contextmanager
    def _explained(self) -> Generator[None]:
        """Turn what the network does into one sentence."""
        try:
            yield
        except urllib.error.HTTPError as error:
            words = say("{host} refused (HTTP {code}); try again later", host=self._host, code=error.code)
            if error.code in (http.client.NOT_FOUND, http.client.GONE):
                words = say(
                    "{host} has no such file (HTTP {code}); see {source}",
                    host=self._host,
                    code=error.code,
                    source=self._entry.source,
                )
            raise self._error(words) from error
        except (OSError, http.client.HTTPException) as error:
            if self._control.cancelled:
                raise Cancelled from None
            raise self._network_error(error) from error

    def _network_error(self, error: Exception) -> DownloadError:
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(cause, TimeoutError):
            words = say(
                "{host} said nothing for {seconds:g} seconds; {advice}",
                host=self._host,
                seconds=TIMEOUT_SECONDS,
                advice=self._how_to_resume(),
            )
        elif isinstance(cause, ssl.SSLCertVerificationError):
            words = say("{host} could not prove who it is ({words})", host=self._host, words=cause.verify_message)
        elif isinstance(error, urllib.error.URLError):
            words = say(
                "there is no connection to {host}; check the network and {advice}",
                host=self._host,
                advice=self._how_to_resume(),
            )
        else:
            return self._interrupted()
        return self._error(words)

    def _interrupted(self) -> DownloadError:
        words = say("the connection to {host} broke off; {advice}", host=self._host, advice=self._how_to_resume())
        return self._error(words)

    def _how_to_resume(self) -> str:
        kept = self._part.stat().st_size if self._kept_mark() else 0
        if not kept:
            return say("download it again")
        return say("download it again to go on after {amount:.1f} MB", amount=kept / 1e6)

    def _error(self, reason: str) -> DownloadError:
        return DownloadError(self._entry.name, reason)


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows a server elsewhere only where the first address might have pointed."""

    def __init__(self, name: str) -> None:
        self._name = name

    def redirect_request(  # noqa: PLR0913 - as urllib wants it
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """See `urllib.request.HTTPRedirectHandler`."""
        try:
            check_address(self._name, newurl)
        except DownloadError:
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _write_all(file: io.FileIO, block: bytes) -> None:
    rest = memoryview(block)
    while rest:
        rest = rest[file.write(rest) :]


def trusted(platform: str = sys.platform, bundle: Path = Path("/etc/ssl/cert.pem")) -> ssl.SSLContext:
    """Whom to believe that they are who they say.

    Python from python.org knows no certificates on macOS before its `Install Certificates.command` was run; those that
    macOS keeps for programs with OpenSSL then do as well. Source: its installer's ReadMe.

    Args:
        platform: As in `sys.platform`.
        bundle: The certificates of macOS.
    """
    context = ssl.create_default_context()
    if platform == "darwin" and not context.cert_store_stats()["x509_ca"] and bundle.is_file():
        context.load_verify_locations(bundle)
    return context


def check_address(name: str, url: str) -> None:
    """Refuse what could be read or changed on its way.

    Raises:
        DownloadError: The address is neither https nor on this machine.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _OWN_MACHINE):
        words = say("its address {url} is not https, so that its file could be changed on its way", url=url)
        raise DownloadError(name, words)


@contextmanager
def _hung_up_on_cancel(response: http.client.HTTPResponse, control: JobControl) -> Generator[None]:
    """End the connection as soon as `control` is cancelled, also while a read waits for a silent server."""
    if response.isclosed():  # nothing is to come
        yield
        return
    over = threading.Event()
    line = socket.fromfd(response.fileno(), socket.AF_INET, socket.SOCK_STREAM)

    def watch() -> None:
        while not over.wait(_WATCH_SECONDS):
            if control.cancelled:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
                return

    watcher = threading.Thread(target=watch, name="download watcher")
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
        line.close()
