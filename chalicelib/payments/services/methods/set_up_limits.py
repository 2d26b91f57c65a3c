"""How many methods may be added: each tries a card at its bank, which is how stolen ones are tested."""

from dataclasses import dataclass

from chalicelib.identity.services.limits import Counters, Limit, Pace, networks_of
from chalicelib.identity.services.trace import Event, trace
from chalicelib.kernel.errors import Refused

_HOUR = 3600
OF_PERSON = (Pace(uses=20, seconds=_HOUR),)
# Strangers share a network: a waiting room's, a carrier's. Of an IPv4 address or an IPv6 /64, and of a /48.
OF_NETWORK = (Limit("set-ups-of-network", 120, _HOUR), Limit("set-ups-of-site", 480, _HOUR))
OF_PRACTICE = Limit("set-ups-of-practice", 400, _HOUR)


@dataclass(frozen=True)
class SetUpLimits:
    counters: Counters

    def begin(self, practice: str, set_up: str, *, payer_id: str, network: str) -> None:
        """Count a set-up before anything of it is written. `network`: the IP address of who asks.

        Errors: Refused too_many_set_ups, with `retry_after_seconds`; Busy.
        """
        wait = self.counters.wait_seconds(
            "set-ups-of-person", OF_PERSON, payer_id, practice=practice, once=set_up
        )
        if wait:
            raise _refused(practice, "set-ups-of-person", wait, person=payer_id)
        # The narrow ones first: where one refuses, nothing is used up of the wider ones.
        shared = [*zip(OF_NETWORK, networks_of(network), strict=False), (OF_PRACTICE, practice)]
        for limit, subject in shared:
            try:
                self.counters.spend(limit, subject)
            except Refused as error:
                wait = int(str(error.details["retry_after_seconds"]))
                raise _refused(practice, limit.name, wait) from error


def _refused(practice: str, limit: str, wait: int, **about: str) -> Refused:
    trace(Event.LIMITED, practice, limit=limit, **about)
    return Refused("too_many_set_ups", retry_after_seconds=wait, minutes=-(-wait // 60))
