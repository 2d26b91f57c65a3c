"""A newer release of the diagnosis codes, from CMS's own file, for every practice of the deployment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.kernel.errors import Refused
from chalicelib.kernel.instants import instant
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.code_releases import read_order_file, valid_from
from chalicelib.practice.domain.diagnosis_codes import BILLABLE, CodeTable, table_text
from chalicelib.practice.ports import CodeReleases


@dataclass(frozen=True, slots=True)
class LoadedRelease:
    """`added` and `gone`: billable codes, beside the release before, which is "" where there is none.
    `replaces`: one of that day was loaded before, and was another."""

    valid_from: str
    billable: int
    before: str
    added: Sequence[str]
    gone: Sequence[str]
    replaces: bool
    known: bool


@dataclass(frozen=True)
class CodeLoading:
    shipped: CodeTable
    kept: CodeReleases
    clock: Clock

    def load(self, text: str, day: str, *, dry_run: bool = False) -> LoadedRelease:
        """Errors: as `read_order_file` and `valid_from`; Refused release_shipped, of a day whose release
        ships with Billfold; order_file_large, where it does not fit a row."""
        valid_from(day, today=self._today())
        if day in self.shipped.releases:
            raise Refused("release_shipped", "valid_from")
        loaded = list(self.kept.loaded())
        made = table_text({day: read_order_file(text)})
        former = next((table for table in loaded if day in table.releases), None)
        if not (dry_run or (former and former.text == made)):
            self.kept.keep(day, made)
        return _compared(CodeTable(made), day, former, [self.shipped, *loaded])

    def _today(self) -> date:
        return date.fromisoformat(instant(self.clock.now())[:10])


def _compared(
    new: CodeTable, day: str, former: CodeTable | None, others: Sequence[CodeTable]
) -> LoadedRelease:
    billable = _billable(new, day)
    earlier = [(release, table) for table in others for release in table.releases if release < day]
    before, table = max(earlier, key=lambda found: found[0], default=("", None))
    then = _billable(table, before) if table else set()
    return LoadedRelease(
        day,
        len(billable),
        before,
        sorted(billable - then) if table else (),
        sorted(then - billable),
        replaces=former is not None and former.text != new.text,
        known=former is not None and former.text == new.text,
    )


def _billable(table: CodeTable, release: str) -> set[str]:
    return {code for code in table.codes() if table.mark(code, release) == BILLABLE}
