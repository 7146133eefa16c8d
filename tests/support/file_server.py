"""An HTTP server on this machine that stands in for the net, and can be told to misbehave."""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

PIECE_BYTES = 50_000


@dataclass
class FileServer:
    """Serves `data` at every address. What it was asked for, in bytes from the start, is in `asked_from`.

    Attributes:
        data: The file.
        ranges: Whether parts can be asked for.
        breaks_after: It sends so many bytes of the next answer only; None for all.
        waits_after: It sends so many bytes of an answer and then nothing, until it is closed; None for all.
        status: Of every answer; 0 for what fits the request.
        shift: Where a part begins that was asked for, against where it should.
        moved_to: Where it sends everybody else; empty for nowhere.
        says_length: Whether it says how long the file is.
        pieces: It sends a piece of `PIECE_BYTES` for each permit; None for all at once.
    """

    data: bytes
    ranges: bool = True
    breaks_after: int | None = None
    waits_after: int | None = None
    status: int = 0
    shift: int = 0
    moved_to: str = ""
    says_length: bool = True
    pieces: threading.Semaphore | None = None
    asked_from: list[int] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> FileServer:
        """Start it."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = False  # so that closing waits for them
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it and every answer."""
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Of the file."""
        return f"http://127.0.0.1:{self._http.server_port}/weights.safetensors"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        if self.moved_to or self.status:
            handler.send_response(self.status or 302)
            handler.send_header("Location", self.moved_to)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        tag = '"' + hashlib.sha256(self.data).hexdigest() + '"'
        match = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        start = int(match[1]) if match and self.ranges and handler.headers.get("If-Range") == tag else 0
        self.asked_from.append(start)
        handler.send_response(206 if start else 200)
        if start:
            start += self.shift
            handler.send_header("Content-Range", f"bytes {start}-{len(self.data) - 1}/{len(self.data)}")
        if self.says_length:
            handler.send_header("Content-Length", str(len(self.data) - start))
        handler.send_header("ETag", tag)
        handler.end_headers()
        stop, self.breaks_after = self.breaks_after, None
        body = self.data[start:]
        if self.pieces is not None:
            for first in range(0, len(body), PIECE_BYTES):
                self.pieces.acquire()
                handler.wfile.write(body[first : first + PIECE_BYTES])
            return
        handler.wfile.write(body[: self.waits_after if self.waits_after is not None else stop])
        if self.waits_after is not None:
            self.closing.wait()
