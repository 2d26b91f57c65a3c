"""Settings, clock, chance, keys, secrets and queues."""

from collections.abc import Mapping
from functools import cached_property

from chalicelib.kernel import stored_format
from chalicelib.platform.chance import SystemChance
from chalicelib.platform.clock import SystemClock
from chalicelib.platform.dynamo.table import Shards, bind
from chalicelib.platform.formats import FormatParameters
from chalicelib.platform.keys import HmacKeys, Parameters, ProcessorCredentials
from chalicelib.platform.ports import BatchQueue, Chance, Clock, KeyRing, Keys, MailQueue, Queue
from chalicelib.platform.queue import SqsQueue
from chalicelib.platform.tls import share
from chalicelib.settings import Settings


class PlatformWiring:
    """Binds the rows of every store to the settings' table. All clients of AWS share what TLS needs."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        share()
        shards = Shards(settings.work_shards, settings.work_shards_read)
        bind(settings.table, region=settings.region, shards=shards)
        if stored_format.FORMAT > 1:  # else there is nothing to choose, and no start waits for the answer
            stored_format.follow(lambda: self.formats.written())

    @cached_property
    def clock(self) -> Clock:
        return SystemClock()

    @cached_property
    def chance(self) -> Chance:
        return SystemChance()

    @cached_property
    def parameters(self) -> Parameters:
        return Parameters(self.settings.secrets_prefix, region=self.settings.region)

    @cached_property
    def formats(self) -> FormatParameters:
        return FormatParameters(self.parameters)

    @cached_property
    def keys(self) -> Keys:
        return HmacKeys(self.parameters)

    @cached_property
    def key_ring(self) -> KeyRing:
        return HmacKeys(self.parameters)

    @cached_property
    def credentials(self) -> ProcessorCredentials:
        return ProcessorCredentials(self.parameters)

    @cached_property
    def settle_queue(self) -> Queue:
        return SqsQueue(self.settings.settle_queue_url, region=self.settings.region)

    @cached_property
    def documents_queue(self) -> MailQueue:
        return SqsQueue(self.settings.documents_queue_url, region=self.settings.region)

    @cached_property
    def delivery_queue(self) -> MailQueue:
        return SqsQueue(self.settings.delivery_queue_url, region=self.settings.region)

    @cached_property
    def issue_queue(self) -> BatchQueue:
        return SqsQueue(self.settings.issue_queue_url, region=self.settings.region)

    def dead_letters(self) -> Mapping[str, MailQueue]:
        """The queues that have messages which failed too often, by the names of those they come from."""
        given = self.settings
        urls = {
            "settle": given.settle_queue_url, "documents": given.documents_queue_url,
            "issue": given.issue_queue_url, "delivery": given.delivery_queue_url,
        }  # fmt: skip
        return {name: SqsQueue(f"{url}-dead", region=given.region) for name, url in urls.items()}

    @cached_property
    def catch_up_queue(self) -> BatchQueue:
        return SqsQueue(self.settings.catch_up_queue_url, region=self.settings.region)
