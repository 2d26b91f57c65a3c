"""Which Billfold this is, by SemVer; pyproject.toml says the same."""

VERSION = "0.1.0.dev0"
