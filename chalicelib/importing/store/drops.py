"""The drop folder in S3: `imports/` has what waits, what was found and what is done, and all of it is deleted
after a month (infra/data.yaml); `import-settings/` has what a practice says once of its folders."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.importing.domain.drops.drop import DropFile, Looked, Place
from chalicelib.importing.ports.drops import Drops, FileGone, Standing
from chalicelib.kernel.instants import instant
from chalicelib.platform.aws import LazyClient, code_of, practice_key, told_as_busy

IN, LOOKED, DONE, SETTINGS = "imports/in", "imports/looked", "imports/done", "import-settings"
_ALL, _ENDING = "imports/", ".json"
# A put, a copy and a delete of one version are safe to repeat.
_CONFIG = Config(
    signature_version="s3v4", connect_timeout=2, read_timeout=60,
    retries={"mode": "standard", "max_attempts": 3},
)  # fmt: skip
_GONE = frozenset({"404", "NoSuchKey", "NoSuchVersion"})
# Who may list these folders alone is told of what is not there that it is forbidden.
_ABSENT = _GONE | {"403", "AccessDenied"}
_OTHER = frozenset({"412", "PreconditionFailed"})


class S3Drops(Drops):
    def __init__(self, bucket: str, *, region: str) -> None:
        self._bucket = bucket
        self._client = LazyClient("s3", region=region, config=_CONFIG)

    def standing(self) -> Standing:
        """One listing for both: the clock asks for it so often that each is billed."""
        places, looks = dict[Place, None](), list[tuple[str, str]]()
        for listed in self._listed(_ALL):
            root = next((root for root in (IN, LOOKED) if listed["Key"].startswith(f"{root}/")), "")
            practice, slash, rest = listed["Key"].removeprefix(f"{root}/").partition("/")
            folder, _, name = rest.rpartition("/")
            if root == LOOKED:
                if practice and (called := name.removesuffix(_ENDING)):  # else nobody's
                    looks.append((practice, called))
            elif root and practice and (name or not slash):
                # "oak//a.csv" would be taken for a file of the practice's own folder.
                places[Place(practice if slash and rest[:1] != "/" else "", folder)] = None
        return Standing(tuple(places), looks)

    def files(self, place: Place) -> Sequence[DropFile]:
        waiting = self._directly_in(IN, place, setting=False)
        return (*waiting, *self._directly_in(SETTINGS, place, setting=True)) if waiting else ()

    def read(self, place: Place, file: DropFile) -> bytes:
        with told_as_busy("s3"):
            try:
                found = self._client().get_object(
                    Bucket=self._bucket, Key=_key(place, file), IfMatch=file.etag
                )
                content: bytes = found["Body"].read()
            except ClientError as error:
                if code_of(error) in _ABSENT | _OTHER:
                    raise FileGone from None  # its cause has the key, which may be a client's name
                raise
        return content

    def put_away(self, place: Place, file: DropFile, drop_id: str) -> None:
        key, client = _key(place, file), self._client()
        with told_as_busy("s3"):
            try:
                found = client.head_object(Bucket=self._bucket, Key=key, IfMatch=file.etag)
            except ClientError as error:
                if code_of(error) in _ABSENT | _OTHER:
                    return
                raise
            version = {"VersionId": found["VersionId"]} if found.get("VersionId") else {}
            client.copy_object(
                Bucket=self._bucket,
                Key=practice_key(place.practice, f"{drop_id}/{file.name}", root=DONE),
                CopySource={"Bucket": self._bucket, "Key": key, **version},
            )
            # By a marker: to delete the version alone would bring the upload before it back. What it hides is
            # deleted after a day (infra/data.yaml).
            try:
                client.delete_object(Bucket=self._bucket, Key=key, IfMatch=file.etag)
            except ClientError as error:
                if code_of(error) not in _OTHER | _GONE:
                    raise  # else a newer file came meanwhile, and stays

    def looks(self, practice: str) -> Iterator[Looked]:
        keys = [listed["Key"] for listed in self._listed(practice_key(practice, "", root=LOOKED))]
        found = [looked for key in keys if (looked := self._look_at(key)) is not None]
        yield from sorted(found, key=lambda looked: (looked.at, looked.id))

    def look(self, practice: str, name: str) -> Looked | None:
        return self._look_at(_look_key(practice, name))

    def keep_look(self, practice: str, looked: Looked) -> None:
        with told_as_busy("s3"):
            self._client().put_object(
                Bucket=self._bucket, Key=_look_key(practice, Place(practice, looked.folder).name),
                Body=msgspec.json.encode(looked), ContentType="application/json",
            )  # fmt: skip

    def forget_look(self, practice: str, name: str) -> None:
        with told_as_busy("s3"):
            self._client().delete_object(Bucket=self._bucket, Key=_look_key(practice, name))

    def _look_at(self, key: str) -> Looked | None:
        with told_as_busy("s3"):
            try:
                found = self._client().get_object(Bucket=self._bucket, Key=key)
                content: bytes = found["Body"].read()
            except ClientError as error:
                if code_of(error) in _ABSENT:
                    return None
                raise
        try:
            return msgspec.json.decode(content, type=Looked)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None  # somebody else's, or cut: the files are looked at anew

    def _directly_in(self, root: str, place: Place, *, setting: bool) -> list[DropFile]:
        folder = practice_key(place.practice, f"{place.folder}/" if place.folder else "", root=root)
        return [
            DropFile(name, listed["ETag"], listed["Size"], instant(listed["LastModified"]), setting)
            for listed in self._listed(folder)
            if (name := listed["Key"].removeprefix(folder)) and "/" not in name
        ]

    def _listed(self, prefix: str) -> Iterator[Mapping[str, Any]]:
        """Page by page: what botocore knows of pages is not in the functions' zip."""
        more: dict[str, str] | None = {}
        while more is not None:
            with told_as_busy("s3"):
                page = self._client().list_objects_v2(Bucket=self._bucket, Prefix=prefix, **more)
            yield from page.get("Contents", ())
            token = page.get("NextContinuationToken", "")
            more = {"ContinuationToken": token} if token else None


def _key(place: Place, file: DropFile) -> str:
    name = f"{place.folder}/{file.name}" if place.folder else file.name
    return practice_key(place.practice, name, root=SETTINGS if file.setting else IN)


def _look_key(practice: str, name: str) -> str:
    return practice_key(practice, f"{name}{_ENDING}", root=LOOKED)
