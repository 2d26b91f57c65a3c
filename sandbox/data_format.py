"""What a sandbox keeps is not migrated: data of another form is refused in words, not by a failing page."""

from pathlib import Path

from sandbox.config import SandboxConfig
from sandbox.supervisor import SandboxError

# 2: entries are stored as lists; 3: markers name the command that made them; 4: statements name the entries
# they cover; 5: a payment keeps its disputes, which are posted row by row; 6: entries have a format, and open
# items a service; 7: rows find accounts; 8: rows have versions; 9: entries have a reason; 10: people have
# random ids, which rows find; 11: names travel with entries and payments; 12: practices list their accounts;
# 13: what finds clients and people, the inbox and the notes of runs are in one partition each.
FORMAT = "13"


def check_format(config: SandboxConfig) -> None:
    """Stamp a fresh state folder; raise SandboxError for one with data of another form."""
    stamp = config.state / "format"
    if stamp.exists() and stamp.read_text(encoding="utf-8").strip() == FORMAT:
        return
    if stamp.exists() or _holds_data(config.state / "aws"):
        raise SandboxError(
            f"what is kept in {config.state_name}/ was made by another version of Billfold; "
            f"start over with: {config.reset_command}"
        )
    fresh = config.state / "format.new"
    config.state.mkdir(parents=True, exist_ok=True)
    fresh.write_text(f"{FORMAT}\n", encoding="utf-8")
    fresh.replace(stamp)  # whole or not at all: half a stamp would be another version's


def _holds_data(aws: Path) -> bool:
    """Whether the local AWS has kept anything there: an empty folder is what a start cut short leaves."""
    return (aws / "current").exists() or any(aws.glob("changes-*"))
