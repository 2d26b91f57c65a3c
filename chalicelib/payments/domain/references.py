"""What a receipt prints for a payment: ten symbols of base 32, as XXXXX-XXXXX, to be read over the telephone.

Among 100,000 payments of a practice two share one with a chance of 4 in a million. Nothing is found by it but
a payment of one client, and where that client has two of the same the command asks for the payment's id.
"""

from chalicelib.kernel import base32

_LENGTH = 10


def reference(keyed_hash: str) -> str:
    """Of a hash in hexadecimal, of at least 13 digits."""
    symbols = base32.spelled(int(keyed_hash, 16), _LENGTH)
    return f"{symbols[: _LENGTH // 2]}-{symbols[_LENGTH // 2 :]}"


def same(reference: str, typed: str) -> bool:
    """Whether that one is meant, as people read and type it."""
    return reference != "" and base32.read(reference) == base32.read(typed)
