"""How much memory processes use, where the system tells it without another library."""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Iterable
from pathlib import Path


def used_bytes(pids: Iterable[int]) -> int | None:
    """Memory that processes keep for themselves, in all; None where it is not known.

    Files that are mapped, such as a song's stems, are not counted: the system takes their memory back when it needs it.
    A process that has ended counts as nothing.
    """
    if sys.platform == "linux":
        return sum(_of_linux_process(pid) for pid in pids)
    if sys.platform == "win32":
        return sum(_of_windows_process(pid) for pid in pids)
    return None


def _of_linux_process(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    found = re.findall(r"^(?:RssAnon|RssShmem):\s+(\d+) kB$", status, re.MULTILINE)
    return 1024 * sum(int(kilobytes) for kilobytes in found)


class _Counters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS_EX. Source: psapi.h."""

    _fields_ = (
        ("cb", ctypes.c_uint32),
        ("PageFaultCount", ctypes.c_uint32),
        *((name, ctypes.c_size_t) for name in (
            "PeakWorkingSetSize", "WorkingSetSize", "QuotaPeakPagedPoolUsage", "QuotaPagedPoolUsage",
            "QuotaPeakNonPagedPoolUsage", "QuotaNonPagedPoolUsage", "PagefileUsage", "PeakPagefileUsage",
            "PrivateUsage",
        )),
    )  # fmt: skip


def _of_windows_process(pid: int) -> int:
    if sys.platform != "win32":
        return 0
    query_limited_information = 0x1000
    kernel = ctypes.windll.kernel32
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = ctypes.c_void_p(kernel.OpenProcess(query_limited_information, False, pid))
    counters = _Counters(cb=ctypes.sizeof(_Counters))
    found = handle and kernel.K32GetProcessMemoryInfo(handle, ctypes.byref(counters), counters.cb)
    if handle:
        kernel.CloseHandle(handle)
    return int(counters.PrivateUsage) if found else 0
