"""Superbills: drafted, issued by hand and by the clock, shown, mailed and posted."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.files import FilesWiring
from chalicelib.documents.services.superbills.showing import SuperbillShowing
from chalicelib.documents.store.superbills import DynamoSuperbills

if TYPE_CHECKING:
    from chalicelib.documents.services.clocked_rounds import ClockedRounds
    from chalicelib.documents.services.number_setting import NumberSetting
    from chalicelib.documents.services.superbills.drafting import SuperbillDrafting
    from chalicelib.documents.services.superbills.filing import SuperbillFiling
    from chalicelib.documents.services.superbills.issuing import SuperbillIssuing
    from chalicelib.documents.services.superbills.notices import SuperbillNotices
    from chalicelib.documents.services.superbills.paper import SuperbillPaperList
    from chalicelib.documents.services.superbills.running import SuperbillRuns


class SuperbillsWiring(FilesWiring):
    @cached_property
    def superbills(self) -> DynamoSuperbills:
        return DynamoSuperbills()

    @cached_property
    def superbill_drafting(self) -> "SuperbillDrafting":
        from chalicelib.documents.services.superbills.drafting import SuperbillDrafting

        return SuperbillDrafting(self.superbills, self.ledgers, self.diagnosis_codes, self.clock)

    def _clocked_rounds(self, job: str) -> "ClockedRounds":
        from chalicelib.documents.services.clocked_rounds import ClockedRounds

        return ClockedRounds(job, self.rounds, self.alerting, self.issue_queue, self.clock)

    @cached_property
    def superbill_issuing(self) -> "SuperbillIssuing":
        from chalicelib.documents.services.superbills.issuing import SuperbillIssuing

        return SuperbillIssuing(self.superbill_drafting, self.superbills, self.people, self.clock)

    @cached_property
    def superbill_numbers(self) -> "NumberSetting":
        from chalicelib.documents.services.number_setting import NumberSetting

        return NumberSetting(self.superbills, self.clock, "superbill_number_given")

    @cached_property
    def superbill_runs(self) -> "SuperbillRuns":
        from chalicelib.documents.services.superbills.running import JOB, SuperbillRuns

        return SuperbillRuns(
            self.ledgers, self.practices, self.people, self.superbill_issuing, self._clocked_rounds(JOB),
            self.alerting, self.clock,
        )  # fmt: skip

    @cached_property
    def superbill_filing(self) -> "SuperbillFiling":
        from chalicelib.documents.services.superbills.filing import SuperbillFiling

        return SuperbillFiling(self.superbills, self.files, self._renderer)

    @cached_property
    def superbill_showing(self) -> SuperbillShowing:
        return SuperbillShowing(self.practices, self.superbills, self.pdf_links)

    @cached_property
    def superbill_paper_list(self) -> "SuperbillPaperList":
        from chalicelib.documents.services.superbills.paper import SuperbillPaperList

        return SuperbillPaperList(self.people, self.superbill_showing, self.addresses)

    @cached_property
    def superbill_notices(self) -> "SuperbillNotices":
        from chalicelib.documents.services.superbills.notices import SuperbillNotices

        return SuperbillNotices(
            self.practices, self.people, self.superbills, self.addresses, self.claims, self.mailer,
            self.clock, self.settings.public_url,
        )  # fmt: skip
