"""Practices and their people."""

from collections.abc import Callable
from functools import cache, cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.platform import PlatformWiring
from chalicelib.practice.ports import People, Practices
from chalicelib.practice.services.profiles import Profiles
from chalicelib.practice.store.people import DynamoPeople
from chalicelib.practice.store.practices import DynamoPractices

if TYPE_CHECKING:
    from chalicelib.practice.domain.diagnosis_codes import DiagnosisCodes
    from chalicelib.practice.ports import CodeReleases
    from chalicelib.practice.services.code_loading import CodeLoading


class PracticeWiring(PlatformWiring):
    @cached_property
    def practices(self) -> Practices:
        return DynamoPractices()

    @cached_property
    def profiles(self) -> Profiles:
        return Profiles(self.practices)

    @cached_property
    def people(self) -> People:
        return DynamoPeople()

    @cached_property
    def diagnosis_codes(self) -> "Callable[[], DiagnosisCodes]":
        """Reads them when it is first called: what is loaded later is for the next process."""

        @cache
        def read() -> "DiagnosisCodes":
            from chalicelib.practice.domain.diagnosis_codes import DiagnosisCodes
            from chalicelib.practice.store.diagnosis_codes import shipped

            return DiagnosisCodes((shipped(), *self.code_releases.loaded()))

        return read

    @cached_property
    def code_releases(self) -> "CodeReleases":
        from chalicelib.practice.store.diagnosis_codes import DynamoCodeReleases

        return DynamoCodeReleases()

    @cached_property
    def code_loading(self) -> "CodeLoading":
        from chalicelib.practice.services.code_loading import CodeLoading
        from chalicelib.practice.store.diagnosis_codes import shipped

        return CodeLoading(shipped(), self.code_releases, self.clock)
