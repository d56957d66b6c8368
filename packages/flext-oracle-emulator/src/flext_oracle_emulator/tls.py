"""Certificates for TCPS: a self-signed one for a server that has none, and the context that serves with it."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

#: The file that Oracle's thin clients look for in their wallet location.
WALLET_FILE = "ewallet.pem"
_LIFETIME = datetime.timedelta(days=3650)


def make_certificate(folder: Path, host: str) -> tuple[Path, Path]:
    """Write a self-signed certificate (as a wallet for clients) and its key; return both, or those that are there."""
    certificate_file, key_file = folder / WALLET_FILE, folder / "server.key"
    if certificate_file.exists() and key_file.exists():
        return certificate_file, key_file
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    # Clients compare the address that they were given, a number too, with the names.
    names = [x509.DNSName(each) for each in dict.fromkeys(("localhost", "127.0.0.1", host))]
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    key_file.touch(mode=0o600)
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate_file, key_file


def server_context(
    certificate: Path | str, key: Path | str | None, client_authority: Path | str | None
) -> ssl.SSLContext:
    """What the server speaks TLS with; clients must show a certificate of `client_authority`, if there is one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if client_authority is not None:
        context.load_verify_locations(client_authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
