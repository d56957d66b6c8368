"""R17: a server's certificate that has expired is refused, although its authority is trusted, and the user reads why."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = dt.datetime.now(dt.UTC)


def write_certificate(folder: Path, begins: dt.datetime, ends: dt.datetime) -> tuple[Path, Path]:
    """A certificate for localhost that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "server.pem", folder / "server.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


@contextlib.contextmanager
def listener(certificate: Path, key: Path) -> Iterator[tuple[int, list[str]]]:
    """A port that does the TLS handshake and hangs up; what came of each handshake is in the list."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = socket.create_server(("127.0.0.1", 0))
    handshakes: list[str] = []

    def accept() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            with client:
                try:
                    context.wrap_socket(client, server_side=True).close()
                    handshakes.append("done")
                except OSError as error:
                    handshakes.append(str(error))

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1], handshakes
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


@pytest.mark.parametrize("days", [-1, 1], ids=["expired", "valid"])
def test_an_expired_certificate_is_refused_with_the_reason(tmp_path: Path, days: int) -> None:
    """With one that is valid the handshake is done, so that nothing but the date is at fault."""
    files = write_certificate(tmp_path, NOW - dt.timedelta(days=30), NOW + dt.timedelta(days=days))
    schema = {"properties": {"id": {"type": "integer"}}}
    message = {"type": "SCHEMA", "stream": "s", "key_properties": [], "schema": schema}
    with listener(*files) as (port, handshakes):
        config = tmp_path / "config.json"
        settings = {"dsn": f"tcps://localhost:{port}/x", "username": "u", "password": "canary", "timeout": 5}
        config.write_text(json.dumps({**settings, "ssl_cert_path": str(files[0]), "retry_attempts": 1}))
        done = subprocess.run(
            [sys.executable, "-m", "flext_target_oracle", "--config", str(config)],
            input=json.dumps(message) + "\n",
            capture_output=True,
            check=False,
            text=True,
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert "canary" not in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "ERROR" in line]
    if days > 0:
        assert "done" in handshakes
        assert "certificate" not in line
        return
    assert "done" not in handshakes
    assert "certificate has expired" in line
    assert f"localhost:{port}" in line
    assert "Next: " in line
    assert "renew" in line.partition("Next: ")[2]
