"""Practices and their people."""

from functools import cached_property

from chalicelib.bootstrap.platform import PlatformWiring
from chalicelib.practice.ports import People, Practices
from chalicelib.practice.services.profiles import Profiles
from chalicelib.practice.store.people import DynamoPeople
from chalicelib.practice.store.practices import DynamoPractices


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
