"""Runs one PostgreSQL process and never outlives its parent. A script of its own: stdlib only, started by `cluster.py`.

The parent holds the write end of our standard input. When that closes, or our parent changes, the parent is gone, also
by SIGKILL: PostgreSQL is stopped and a temporary directory removed. PostgreSQL in turn asks the kernel (Linux) for a
SIGINT should we be killed.

PostgreSQL refuses to run as root. As root we give the data to an unprivileged account and run as that one, keeping
(Linux) only the capability to enter directories that are closed to it, because virtual environments and project
folders often lie below a closed home.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import shutil
import signal
import sys
import time
from typing import Any

_PR_SET_PDEATHSIG = 1
_PR_SET_SECUREBITS = 28
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _become(libc: Any, uid: int, gid: int) -> None:
    """Drop root, keeping CAP_DAC_OVERRIDE through exec where the kernel lets us (else closed paths stay closed)."""
    if libc is not None:
        # Not only setuid() but also access(), by which initdb looks for postgres, then leaves capabilities alone.
        libc.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if libc is not None:
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        bit = 1 << _CAP_DAC_OVERRIDE
        data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
        if libc.syscall(_capset_number(), ctypes.byref(header), ctypes.byref(data)) == 0:
            libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)


def _capset_number() -> int:
    return {"x86_64": 126, "aarch64": 91, "ppc64le": 184, "s390x": 185, "riscv64": 91}.get(os.uname().machine, -1)


def _run(job: dict[str, Any], argv: list[str]) -> int:
    """Fork and exec; return the child's pid."""
    libc = _libc()
    supervisor = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        log = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.chdir("/")
        if job["uid"] is not None:
            _become(libc, job["uid"], job["gid"])
        os.umask(0o077)
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)  # after setuid, which clears it
            if os.getppid() != supervisor:
                os._exit(1)
        os.execve(argv[0], argv, {**os.environ, "LC_ALL": "C", "TZ": "UTC"})  # noqa: S606
    except OSError as error:
        os.write(2, f"cannot run {argv[0]}: {error}\n".encode())
    finally:
        os._exit(127)


def _wait(pid: int, seconds: float) -> int | None:
    deadline = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= deadline:
            return None
        time.sleep(0.01)


def _stop(pid: int, temporary: bool) -> int:
    """Fast shutdown with a checkpoint when the data is kept, at once when it is not."""
    for sig, patience in ((signal.SIGQUIT if temporary else signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0)):
        os.kill(pid, sig)
        status = _wait(pid, patience)
        if status is not None:
            return status
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _supervise(pid: int, parent: int, temporary: bool) -> int:
    while True:
        readable, _, _ = select.select([0], [], [], 0.5)
        if readable and not os.read(0, 1):
            return _stop(pid, temporary)
        if os.getppid() != parent:
            return _stop(pid, temporary)
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)


def main() -> int:
    """Read the job as one JSON line, prepare if asked, then supervise."""
    parent = os.getppid()
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, signal.SIG_IGN)  # the parent decides; its end closes our input
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            return 1
        line += byte
    job: dict[str, Any] = json.loads(line)
    status = 0
    for argv in job["prepare"]:
        status = os.waitstatus_to_exitcode(os.waitpid(_run(job, argv), 0)[1])
        if status:
            break
    if not status:
        status = _supervise(_run(job, job["server"]), parent, job["remove"] is not None)
    for path in (job["socket_dir"], job["remove"]):
        if path is not None:
            shutil.rmtree(path, ignore_errors=True)
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
