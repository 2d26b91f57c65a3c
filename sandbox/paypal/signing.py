"""Signatures of webhooks as PayPal makes them, under a certificate authority of the stand-in's own.

RSA-SHA256 over `transmission id|time|webhook id|CRC-32 of the body` (the CRC in decimal): the body itself is
not signed, so whoever can make another with the same CRC has a signature for it. See forging.py.
"""

import base64
import uuid
import zlib
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.paypal.scope import written
from sandbox.standin.clock import now
from sandbox.standin.exchange import Json
from sandbox.standin.store import Store

HOST = "messageverificationcerts.sandbox.paypal.com"
CERTIFICATES = "/v1/notifications/certs/"
ALGORITHM = "SHA256withRSA"
_PEM = serialization.Encoding.PEM
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def authority(store: Store, name: str = "PayPal stand-in test CA") -> Json:
    """The certificate authority of that name, made at first use: {"key", "certificate"} as PEM."""
    with store.transaction():
        found: Json | None = store.setting(f"authority:{name}", None)
        if found is None:
            key = ec.generate_private_key(ec.SECP256R1())
            found = {"key": _written_key(key), "certificate": _certificate(name, key, None)}
            store.set_setting(f"authority:{name}", found)
        return found


def signer(store: Store, host: str = HOST, ca: str = "PayPal stand-in test CA", days: int = 3650) -> Json:
    """A key and its certificate under that authority: {"id", "key", "certificate"}."""
    issuer = authority(store, ca)
    with store.transaction():
        place = f"signer:{host}:{ca}:{days}"
        found: Json | None = store.setting(place, None)
        if found is None:
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            ident = f"CERT-{uuid.uuid4().hex[:8]}-{uuid.uuid4().hex[:8]}"
            certificate = _certificate(host, key, issuer, days)
            found = {"id": ident, "key": _written_key(key), "certificate": certificate}
            store.set_setting(place, found)
            store.set_setting(f"certificate:{ident}", certificate + issuer["certificate"])
        return found


def _written_key(key: Key) -> str:
    plain = serialization.NoEncryption()
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, plain).decode()


def _certificate(name: str, key: Key, issuer: Json | None, days: int = 3650) -> str:
    """Valid from ten days ago; `days` may be negative. Without an issuer it is a CA's own."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    above = x509.load_pem_x509_certificate(issuer["certificate"].encode()).subject if issuer else subject
    at = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=10))
        .not_valid_after(at + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_usage(ca=issuer is None), critical=True)
    )
    signing_key = _key(issuer["key"]) if issuer else key
    if issuer is not None:  # as public authorities make them
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        above_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key())
        servers = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        for extension in (names, above_key, servers):
            builder = builder.add_extension(extension, critical=False)
    return builder.sign(signing_key, hashes.SHA256()).public_bytes(_PEM).decode()


def _usage(*, ca: bool) -> x509.KeyUsage:
    unused = dict.fromkeys(
        ("content_commitment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    return x509.KeyUsage(
        digital_signature=not ca, key_encipherment=not ca, key_cert_sign=ca, crl_sign=ca, **unused
    )


def _key(pem: str) -> Key:
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return key


def certificate(store: Store, ident: str) -> str | None:
    """What the address of a certificate answers: it, then its authority's."""
    found: str | None = store.setting(f"certificate:{ident}", None)
    return found


def signed_text(transmission_id: str, at: str, webhook_id: str, payload: bytes) -> bytes:
    return f"{transmission_id}|{at}|{webhook_id}|{zlib.crc32(payload)}".encode()


def headers(
    store: Store, origin: str, payload: bytes, webhook_id: str, by: Json | None = None
) -> dict[str, str]:
    """The headers of one transmission of a body to that webhook, signed `by` PayPal unless told otherwise."""
    by = by or signer(store)
    ident, at = str(uuid.uuid4()), written(now(store))
    key = _key(by["key"])
    assert isinstance(key, rsa.RSAPrivateKey)
    text = signed_text(ident, at, webhook_id, payload)
    signature = key.sign(text, padding.PKCS1v15(), hashes.SHA256())
    return {
        "Paypal-Transmission-Id": ident,
        "Paypal-Transmission-Time": at,
        "Paypal-Transmission-Sig": base64.b64encode(signature).decode(),
        "Paypal-Cert-Url": f"{origin}{CERTIFICATES}{by['id']}",
        "Paypal-Auth-Algo": ALGORITHM,
        "Paypal-Auth-Version": "v2",
    }


def holds(store: Store, origin: str, payload: bytes, told: Json) -> bool:
    """Whether PayPal signed that, by the fields of verify-webhook-signature."""
    own = signer(store)
    if told["cert_url"] != f"{origin}{CERTIFICATES}{own['id']}" or told["auth_algo"] != ALGORITHM:
        return False
    key = x509.load_pem_x509_certificate(own["certificate"].encode()).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    text = signed_text(told["transmission_id"], told["transmission_time"], told["webhook_id"], payload)
    try:
        signature = base64.b64decode(told["transmission_sig"], validate=True)
        key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True
