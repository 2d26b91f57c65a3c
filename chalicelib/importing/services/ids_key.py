"""The secret under which a practice's imports make ids and digests (docs/adr/0041-maps.md)."""

from chalicelib.importing.domain.mapping.made_ids import MadeIds
from chalicelib.ledger.services.import_register import Register
from chalicelib.platform.ports import Keys


def made_ids(register: Register, keys: Keys, practice: str) -> MadeIds:
    """Before the first import under it, with the key that it will have kept: what is shown without a write is
    what the import does afterwards. Error: Busy."""
    key = register.ids_key(practice)
    return MadeIds(key or keys.lookup_hash("ids of imported rows", practice), kept=bool(key))
