"""The only place where the app leaves the GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QThread

from app.jobs.worker import Worker

_STOP_MS = 2000


class JobRunner(QObject):
    """Starts workers, each on a thread of its own, and ends them cleanly.

    Connect to a worker's signals with methods of a QObject that lives on the GUI thread: Qt then delivers them there.
    """

    def __init__(self) -> None:
        super().__init__()
        self._jobs: list[tuple[QThread, Worker]] = []
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether a job is running."""
        return bool(self._jobs)

    def start(self, worker: Worker) -> None:
        """Run a worker on its own thread; after `close` nothing is run."""
        if self._closed:
            return
        thread = QThread()
        worker.moveToThread(thread)
        thread.started.connect(worker.run)
        # Direct, because `close` waits on the GUI thread and would hold up a queued call for ever.
        worker.done.connect(thread.quit, Qt.ConnectionType.DirectConnection)
        thread.finished.connect(self._forget_finished)
        self._jobs.append((thread, worker))
        thread.start()

    def cancel_all(self) -> bool:
        """Cancel every job and wait a moment; False if one is still in the middle of a call into the engine."""
        for _thread, worker in self._jobs:
            worker.control.cancel()
        ended = [thread.wait(_STOP_MS) for thread, _worker in self._jobs]
        return all(ended)

    def close(self) -> None:
        """Wait for every thread to end; call `cancel_all` first, and end the engine if that did not do."""
        self._closed = True
        for thread, _worker in self._jobs:
            thread.quit()
            thread.wait()
        self._jobs.clear()

    def _forget_finished(self) -> None:
        for thread, _worker in self._jobs:
            if thread.isFinished():
                thread.wait()
        self._jobs = [job for job in self._jobs if not job[0].isFinished()]
