"""A server on this machine that speaks TLS and answers every request to AWS with an empty object."""

import datetime
import ipaddress
import secrets
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import botocore
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_AUTHORITIES = Path(botocore.__file__).with_name("cacert.pem")  # what clients trust, on Lambda, too
_HOST = "127.0.0.1"


@contextmanager
def aws_over_tls(folder: Path) -> Iterator[Mapping[str, str]]:
    """Serve; yields the environment in which clients of AWS ask here, and trust this server, too."""
    certificate = _certificate(folder / "server.pem")
    bundle = folder / "authorities.pem"
    bundle.write_bytes(_AUTHORITIES.read_bytes() + b"\n" + certificate)
    server = ThreadingHTTPServer((_HOST, 0), _Empty)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"https://{_HOST}:{server.server_port}"
        yield {"AWS_ENDPOINT_URL": url, "AWS_CA_BUNDLE": str(bundle), "NO_PROXY": _HOST}
    finally:
        server.shutdown()
        server.server_close()


class _Empty(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: what is measured prints."""


def _certificate(path: Path) -> bytes:
    """Writes key and certificate of a server at this address; returns the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, secrets.token_hex(8))])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(_HOST))])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + pem)
    return pem
