"""A release is the same bytes each time, says what is in it, and is taken by its checksums alone.

`make soak` makes two whole ones in two places (tests/soak/releasing.py); here the packages are made up.
"""

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from chalicelib.backups.services.backing_up import FORMAT as BACKUP
from chalicelib.version import VERSION
from infra.deploy import artefacts
from infra.deploy.template import ROOT, DeployError, content_key, deployable
from infra.locks.reading import read
from infra.package import layers
from infra.package.target import Target
from infra.release import __main__ as releasing
from infra.release import sums
from infra.release.__main__ import Commit, ReleaseRefused, checked_out, main, make
from infra.release.tar import unpack, write_tar
from tests.infra.test_deploy import Account, account

__all__ = ["account"]  # a fixture

COMMIT = Commit(
    "c" * 40, "2026-11-30T12:00:00Z", ("app.py", "scripts/require.sh"), frozenset({"scripts/require.sh"})
)
ZIPS = {
    "api.zip": "requirements-api.txt",
    **{f"{name}-layer.zip": f"requirements-{name}.txt" for name in layers.NAMES},
}
LAYERS = {
    name.capitalize(): {
        "Type": "AWS::Serverless::LayerVersion",
        "Properties": {"ContentUri": f"./{name}-layer.zip", "RetentionPolicy": "Delete"},
    }
    for name in layers.NAMES
}
SAM = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Transform": "AWS::Serverless-2016-10-31",
    "Resources": {
        "F": {
            "Type": "AWS::Serverless::Function",
            "Properties": {"CodeUri": "./api.zip", "Handler": "app.app", "Runtime": "python3.11",
                           "Role": "arn:aws:iam::1:role/x"},
        },
        **LAYERS,
    },
}  # fmt: skip


def packed(out: Path, *_: Any, **__: Any) -> None:
    """In the place of `make package`: zips with METADATA of this environment's packages, and a template."""
    out.mkdir(parents=True, exist_ok=True)
    for file, lock in ZIPS.items():
        names = [pin.name for pin in read(ROOT / lock)] + (["chalice"] if file == "api.zip" else [])
        with zipfile.ZipFile(out / file, "w") as opened:
            for name in names:
                about = metadata.distribution(name).read_text("METADATA")
                assert about is not None
                entry = zipfile.ZipInfo(
                    f"{'' if file == 'api.zip' else 'python/'}{name}-1.dist-info/METADATA"
                )
                opened.writestr(entry, about)
    (out / "template.json").write_text(json.dumps(SAM), encoding="utf-8")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portal")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<html>")
    (folder / "assets" / "main.js").write_text("1")
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, portal: Path) -> Path:
    """A release's folder. Nobody writes into it."""
    folder = tmp_path_factory.mktemp("releases") / f"release-{VERSION}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(releasing, "build", packed)
        make(folder, portal, Target(11, "x86_64", native=False), COMMIT)
    return folder


@pytest.fixture
def release(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    folder = tmp_path / made.name
    folder.mkdir()
    for file in made.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


# ---------------------------------------------------------------- the same bytes


def test_another_place_zone_umask_and_order_of_files_give_the_same_bytes(
    made: Path, portal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = tmp_path / "pages"
    for name in ("index.html", "assets/main.js"):
        (pages / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        (pages / name).write_bytes((portal / name).read_bytes())
        os.utime(pages / name, (1_000_000_000, 1_000_000_000))
    monkeypatch.setattr(releasing, "build", packed)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    before = os.umask(0o077)
    try:
        make(tmp_path / "again", pages, Target(11, "x86_64", native=False), COMMIT)
    finally:
        os.umask(before)
    assert {f.name: f.read_bytes() for f in (tmp_path / "again").iterdir()} == {
        f.name: f.read_bytes() for f in made.iterdir()
    }


def test_a_tar_says_nothing_of_who_packed_it_and_when(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / name).write_text(name)
    write_tar(tmp_path, ["b", "a"], tmp_path / "packed.tar", programs=frozenset({"b"}))
    with tarfile.open(tmp_path / "packed.tar") as opened:
        entries = opened.getmembers()
    assert [(e.name, e.mode, e.mtime, e.uid, e.gid, e.uname, e.gname) for e in entries] == [
        ("a", 0o644, 0, 0, 0, "", ""), ("b", 0o755, 0, 0, 0, "", ""),
    ]  # fmt: skip
    unpack(tmp_path / "packed.tar", tmp_path / "there")
    assert (tmp_path / "there" / "a").read_text() == "a"


def test_a_tar_that_leads_out_of_its_folder_is_not_unpacked(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "out.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo("../outside"))
    with pytest.raises(tarfile.TarError):
        unpack(tmp_path / "out.tar", tmp_path / "in")
    assert not (tmp_path / "outside").exists()


# ---------------------------------------------------------------- of which commit


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "app.py").write_text("1")
    (folder / "run").write_text("#!/bin/sh")
    (folder / "run").chmod(0o755)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    return folder


def git(folder: Path, *arguments: str) -> None:
    who = {"NAME": "elm", "EMAIL": "elm@example.com", "DATE": "2026-11-30T23:00:00-0500"}
    named = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    subprocess.run(["git", *arguments], cwd=folder, check=True, env={**os.environ, **named})


def test_a_release_is_of_a_commit_and_its_time_is_in_utc(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    commit = checked_out(repository, "0.1.0")
    assert (commit.at, commit.files) == ("2026-12-01T04:00:00Z", ("app.py", "run"))
    assert (len(commit.id), commit.programs) == (40, frozenset({"run"}))


def test_files_that_no_commit_has_are_not_released(repository: Path) -> None:
    (repository / "more").write_text("")
    with pytest.raises(ReleaseRefused, match=r"differs from its commit:\n\?\? more"):
        checked_out(repository, "0.1.0")


def test_a_tag_of_another_version_is_refused(repository: Path) -> None:
    git(repository, "tag", "v0.2.0")
    with pytest.raises(ReleaseRefused, match=r"tagged v0\.2\.0; chalicelib/version.py says 0\.1\.0"):
        checked_out(repository, "0.1.0")
    git(repository, "tag", "v0.1.0")
    assert checked_out(repository, "0.1.0").files


def test_nothing_is_released_without_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(releasing, "checked_out", lambda root, wanted: COMMIT)
    assert main(["--out", str(tmp_path / "out"), "--portal", str(tmp_path)]) == 1
    assert "is no build of the portal" in capsys.readouterr().err
    assert list((tmp_path / "out").iterdir()) == []


# ---------------------------------------------------------------- what it says of itself


def test_every_file_has_a_checksum_that_other_programs_read(made: Path, tmp_path: Path) -> None:
    names = {file.name for file in made.iterdir()} - {sums.NAME}
    assert sums.taken(made, tmp_path / "taken") == names
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", sums.NAME], cwd=made, capture_output=True, check=False
    )
    assert done.returncode == 0


def test_the_manifest_names_version_commit_and_formats(made: Path) -> None:
    manifest = json.loads((made / artefacts.MANIFEST).read_text(encoding="utf-8"))
    assert (manifest["version"], manifest["commit"]) == (VERSION, COMMIT.id)
    assert manifest["formats"]["backup"] == BACKUP
    assert set(manifest["formats"]) == {"api", "backup", "entry", "anchor", "map", "stored"}
    assert manifest["reads"] == [1]


def bill(made: Path) -> Mapping[str, Any]:
    text: Mapping[str, Any] = json.loads((made / "sbom.cdx.json").read_text(encoding="utf-8"))
    return text


def test_the_bill_of_materials_has_every_package_that_is_shipped_with_a_licence(made: Path) -> None:
    found = {(part["name"], part["version"]) for part in bill(made)["components"]}
    locked = {(pin.name, pin.version) for lock in ZIPS.values() for pin in read(ROOT / lock)}
    shipped = json.loads((ROOT / "portal" / "package.json").read_text(encoding="utf-8"))[
        "dependencies"
    ].items()
    assert found == {*locked, *shipped, ("chalice", metadata.version("chalice"))}
    assert [part["name"] for part in bill(made)["components"] if not part["licenses"]] == []


def test_the_bill_of_materials_names_each_part_once_and_points_at_parts_alone(made: Path) -> None:
    refs = [part["bom-ref"] for part in bill(made)["components"]]
    assert len(set(refs)) == len(refs)
    pointing = {entry["ref"]: entry["dependsOn"] for entry in bill(made)["dependencies"]}
    assert set(pointing) == {"billfold", *refs}
    assert {ref for those in pointing.values() for ref in those} == set(refs), "each is needed by something"
    cryptography = next(ref for ref in refs if ref.startswith("pkg:pypi/cryptography@"))
    assert [ref.partition("@")[0] for ref in pointing[cryptography]] == ["pkg:pypi/cffi"]


# ---------------------------------------------------------------- deployed


def deployed(account: Account, folder: Path, wanted: str | None = None, *more: str) -> Any:
    return account.deploy("--version", wanted or VERSION, "--releases", str(folder.parent), *more)


def test_a_release_is_deployed_as_it_was_made(account: Account, release: Path) -> None:
    account.answers["head-object"] = [{"refused": "404 Not Found"}]
    done = deployed(account, release)
    assert (done.returncode, done.stderr) == (0, "")
    copied = [call[3] for call in account.calls("cp")]
    sent = {Path(rest[0]): rest[1] for rest in copied if "packages-bucket/code/" in rest[1]}
    assert {file.name: to for file, to in sent.items()} == {
        name: f"s3://packages-bucket/{content_key(release / name)}" for name in ZIPS
    }
    assert release not in {file.parent for file in sent}, "copies, that nobody writes to"
    bodies = [call[3].get("TemplateBody") for call in account.calls("create-change-set")]
    assert bodies[0] == (release / artefacts.DATA).read_text(encoding="utf-8")
    assert bodies[-1] == (release / artefacts.SITE).read_text(encoding="utf-8")
    assert {Path(rest[0]).name for rest in copied if rest[1].startswith("s3://files-bucket")} == {
        "index.html"
    }


def test_its_functions_are_those_of_the_work_tree_in_the_stages_bucket(release: Path, tmp_path: Path) -> None:
    """But for what the translator calls a layer: it counts the bucket's name in."""
    taken = artefacts.release(release, VERSION, tmp_path / "scratch")
    direct = deployable(SAM, "elm-packages", {f"./{file.name}": key for file, key in taken.code().items()})
    placed = taken.functions("elm-packages")
    assert sorted(map(repr, placed["Resources"].values())) == sorted(map(repr, direct["Resources"].values()))
    assert "elm-packages" in json.dumps(placed)
    assert artefacts.BUCKET not in json.dumps(placed)


@pytest.mark.parametrize("name", ["api.zip", "portal.tar", "functions.json", "data.json", "source.tar"])
def test_a_release_with_one_other_byte_is_refused_before_anything_is_asked(
    name: str, account: Account, release: Path
) -> None:
    content = bytearray((release / name).read_bytes())
    content[len(content) // 2] ^= 1
    (release / name).write_bytes(content)
    done = deployed(account, release)
    assert done.returncode == 1
    assert f"{name} has other bytes than SHA256SUMS says. Nothing was changed" in done.stderr
    assert account.calls() == []


def without(folder: Path, name: str) -> None:
    (folder / name).unlink()


def spoilt_twice(folder: Path, name: str) -> None:
    """Both are named at once."""
    without(folder, name)
    (folder / "sbom.cdx.json").write_bytes(b"{}")


def unlisted(folder: Path, name: str) -> None:
    lines = (folder / sums.NAME).read_text().splitlines(keepends=True)
    (folder / sums.NAME).write_text("".join(line for line in lines if not line.endswith(f"  {name}\n")))


@pytest.mark.parametrize(
    ("spoil", "name", "said"),
    [
        (without, "portal.tar", "portal.tar is missing"),
        (spoilt_twice, "portal.tar", "portal.tar is missing; sbom.cdx.json has other bytes"),
        (without, "SHA256SUMS", "there is no SHA256SUMS that can be read"),
        (unlisted, "data.json", "SHA256SUMS does not name data.json"),
        (unlisted, "documents-layer.zip", "SHA256SUMS does not name documents-layer.zip"),
        (lambda folder, _: (folder / sums.NAME).write_text("x"), "", "SHA256SUMS has a line that is none: x"),
    ],
)  # fmt: skip
def test_a_folder_that_is_no_whole_release_is_refused(
    spoil: Any, name: str, said: str, account: Account, release: Path
) -> None:
    spoil(release, name)
    done = deployed(account, release)
    assert (done.returncode, account.calls()) == (1, [])
    assert said in done.stderr
    assert ". Nothing was changed" in done.stderr


def test_another_release_in_the_folder_and_none_are_refused(account: Account, release: Path) -> None:
    release.rename(release.parent / "release-9.0.0")
    done = deployed(account, release, "9.0.0")
    assert (done.returncode, account.calls()) == (1, [])
    assert f"is release {VERSION}, not 9.0.0. Nothing was changed" in done.stderr
    assert deployed(account, release, "8.0.0").returncode == 1


def test_a_release_that_would_lose_data_is_refused_as_ever(account: Account, release: Path) -> None:
    removed = {"Action": "Remove", "LogicalResourceId": "Table", "ResourceType": "AWS::DynamoDB::Table"}
    account.answers["describe-change-set billfold-prod-data"] = [
        {"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": removed}]}
    ]
    done = deployed(account, release, None, "--yes")
    assert done.returncode == 1
    assert "this would remove or replace Table" in done.stderr


def test_python_alone_deploys_a_release() -> None:
    """Without any package: what imports PyYAML or Chalice does so for a work tree."""
    run = "from infra.deploy import __main__; __main__.main(['--help'])"
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {run}"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "--version" in done.stdout


def test_what_is_written_into_a_release_after_it_was_checked_is_not_deployed(
    release: Path, tmp_path: Path
) -> None:
    taken = artefacts.release(release, VERSION, tmp_path / "scratch")
    before = (taken.data(), taken.functions("b"), taken.reads, sorted(taken.code().values()))
    for file in release.iterdir():
        file.write_text("{}", encoding="utf-8")
    assert (taken.data(), taken.functions("b"), taken.reads, sorted(taken.code().values())) == before
    assert all(file.stat().st_size > 2 for file in taken.code())


def test_a_file_that_is_named_twice_is_refused(release: Path, tmp_path: Path) -> None:
    names = release / sums.NAME
    names.write_text(f"{'0' * 64}  {artefacts.DATA}\n{names.read_text('utf-8')}", encoding="utf-8")
    with pytest.raises(DeployError, match=f"{artefacts.DATA} twice. Nothing was changed"):
        artefacts.release(release, VERSION, tmp_path / "scratch")


def test_pages_that_are_no_tar_are_refused_in_a_sentence(release: Path, tmp_path: Path) -> None:
    (release / artefacts.PORTAL).write_text("{}", encoding="utf-8")
    sums.write(release)
    with pytest.raises(DeployError, match=f"{artefacts.PORTAL} cannot be unpacked"):
        artefacts.release(release, VERSION, tmp_path / "scratch")
