"""What is counted of an import, as it is told: by `billfold import`, and of files in the drop folder."""

from collections.abc import Mapping

from chalicelib.words.cli.import_report import counted

_WORDS = {
    "posted": "to_post", "new_clients": "new_client", "updated_clients": "changed_client",
    "corrections": "correction", "corrected_facts": "corrected_facts", "known": "known",
    "taken_back": "taken_back", "missing": "missing",
}  # fmt: skip


def parts(counts: Mapping[str, int], language: str, **words: str) -> list[str]:
    """Of what there is any, by the names of `Plan.counts`; `words` for some that are told otherwise."""
    told = {**_WORDS, **words}
    return [counted(word, counts[name], language) for name, word in told.items() if counts.get(name)]
