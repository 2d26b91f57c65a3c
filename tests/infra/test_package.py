"""What is uploaded: only what runs, compiled, and the same bytes from the same tree."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.util import MAGIC_NUMBER
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from infra.locks.reading import read
from infra.package import aws_data, bench_cold, contents, layers, template, wheels
from infra.package.__main__ import CACHE
from infra.package.archive import unzipped_bytes, write_zip
from infra.package.contents import staged_api
from infra.package.target import PackageError, Target, of_this_python
from sandbox.config import DUMMY_CREDENTIALS, ROOT

TARGET = of_this_python(native=True)  # what runs here is what is packed here, on a Mac too
UNCHECKED = (0b01).to_bytes(4, "little")
SETTINGS = bench_cold.environment_of_functions()
# All but the zip's own parts, which is never kept, and what measures or only calls.
NO_LAYER_MAKERS = {
    "__init__.py", "__main__.py", "aws_over_tls.py", "bench_cold.py", "contents.py", "methods.py",
    "template.py",
}  # fmt: skip
LAYER_MAKERS = sorted({path.name for path in wheels.HERE.glob("*.py")} - NO_LAYER_MAKERS)
MOST_BYTES = 8_000_000  # 0.4 of what `chalice package` makes; make bench-cold compares the two

# Operations that go by another action, or by none of ours.
ACTIONS = {
    "GetAccount": "ses:GetAccount",
    "HeadBucket": None,
    "HeadObject": "s3:GetObject",
    "ListObjectsV2": "s3:ListBucket",
    "SendEmail": "ses:SendEmail",
    "SendMessageBatch": "sqs:SendMessage",
    "TransactWriteItems": "dynamodb:ConditionCheckItem",
}
# Lambda's own: it takes messages from queues and writes what is printed to the log. KMS is asked by others.
NOT_CALLED_BY_CODE = {
    *("sqs:ReceiveMessage", "sqs:DeleteMessage"),
    *("logs:CreateLogStream", "logs:PutLogEvents", "kms:Decrypt", "kms:GenerateDataKey"),
}


def packed(root: Path, out: Path) -> Path:
    with staged_api(root, TARGET, CACHE) as folder:
        write_zip(folder, out)
    return out


@pytest.fixture(scope="module")
def api_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packed(ROOT, tmp_path_factory.mktemp("api") / "api.zip")


@pytest.fixture(scope="module")
def api(api_zip: Path) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(api_zip) as opened:
        yield opened


@pytest.fixture(scope="module")
def unpacked(api: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("task")
    api.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def layer() -> Path:
    """The layer's content; Lambda finds it under /opt/python."""
    return wheels.installed(ROOT / "requirements-documents.txt", TARGET, CACHE)


@pytest.fixture(scope="module")
def signatures() -> Path:
    return wheels.installed(ROOT / "requirements-signatures.txt", TARGET, CACHE)


def run_in(folder: Path, code: str, *paths: Path) -> Any:
    """What `code` leaves in `answer`, run as Lambda does: no packages but those of the folders."""
    path = [str(folder), *map(str, paths)]
    program = f"import sys, json; sys.path[:0] = {path!r}\n{code}\nprint(json.dumps(answer))"
    command = [sys.executable, "-I", "-S", "-B", "-c", program]
    environment = {**SETTINGS, **DUMMY_CREDENTIALS}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_same_tree_gives_the_same_bytes(api_zip: Path, tmp_path: Path) -> None:
    """In another folder, by another day's files, with other permissions."""
    for name in ("app.py", "LICENSE", "NOTICE", "requirements-api.txt"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "chalicelib", tmp_path / "chalicelib")
    for file in tmp_path.rglob("*.py"):
        os.utime(file, (1_000_000_000, 1_000_000_000))
        file.chmod(0o600)
    assert packed(tmp_path, tmp_path / "again.zip").read_bytes() == api_zip.read_bytes()


def test_packages_compile_to_the_same_bytes(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    pins = [pin for pin in read(ROOT / "requirements-api.txt") if pin.name in ("jmespath", "six", "idna")]
    lines = [
        " ".join([f"{pin.name}=={pin.version}", *(f"--hash={one}" for one in pin.hashes)]) for pin in pins
    ]
    requirements.write_text("\n".join(lines))
    for name in ("one", "two"):
        write_zip(wheels.installed(requirements, TARGET, tmp_path / name), tmp_path / f"{name}.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_every_module_is_compiled_and_taken_without_looking_at_its_source(api: zipfile.ZipFile) -> None:
    names = set(api.namelist())
    compiled = [name for name in names if name.endswith(".pyc")]
    assert not [name for name in compiled if api.read(name)[:8] != MAGIC_NUMBER + UNCHECKED]
    sources = [PurePosixPath(name) for name in names if name.endswith(".py")]
    assert {source.parts[0] for source in sources} == {"app.py", "chalicelib"}
    tag = sys.implementation.cache_tag
    assert not [s for s in sources if f"{s.parent / '__pycache__' / s.stem}.{tag}.pyc" not in names]
    assert len(compiled) > 500


def test_nothing_is_packed_that_no_function_runs(api: zipfile.ZipFile) -> None:
    found = {PurePosixPath(name).parts[0].partition(".")[0] for name in api.namelist()}
    assert not found & {"typst", "babel", "boto3", "s3transfer", "manimgx_fonts", "pip", "setuptools", "bin"}
    assert not found & {"sandbox", "tests", "infra", "portal"}
    assert not [name for name in api.namelist() if name.endswith((".pyi", ".dist-info/RECORD", "py.typed"))]
    unread = ("stripe/events/", "stripe/params/")
    assert not [name for name in api.namelist() if "/tests/" in name or name.startswith(unread)]


def test_every_package_comes_with_its_licence(api: zipfile.ZipFile, layer: Path) -> None:
    files = [*api.namelist(), *(path.relative_to(layer).as_posix() for path in layer.rglob("*"))]
    distributions = {name.split("/")[0] for name in files if ".dist-info/" in name}
    assert len(distributions) >= len(read(ROOT / "requirements-api.txt")) + 2
    licensed = {name.split("/")[0] for name in files if "licen" in name.lower().partition("/")[2]}
    assert distributions == licensed


def test_the_zips_are_small_enough(api_zip: Path, layer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert api_zip.stat().st_size <= MOST_BYTES
    size = sum(path.stat().st_size for path in layer.rglob("*") if path.is_file())
    assert size + unzipped_bytes(api_zip) <= contents.LIMIT_BYTES == 250 * 1024 * 1024
    monkeypatch.setattr(contents, "LIMIT_BYTES", 2 * unzipped_bytes(api_zip) - 1)
    with pytest.raises(PackageError, match="unzipped"):
        contents.check_sizes(api_zip, api_zip)


def test_the_zip_alone_is_enough_to_start_and_starts_with_nothing_idle(unpacked: Path) -> None:
    code = """
import app
from chalicelib import bootstrap
bootstrap.app()
answer = sorted({name.partition(".")[0] for name in sys.modules})
"""
    loaded = set(run_in(unpacked, code))
    assert {"chalice", "pynamodb", "msgspec"} <= loaded
    assert not loaded & {"stripe", "requests", "typst", "pytest"}


IDLE = (
    "importing",
    "backups",
    "hosting",
    "verification.services",
    "verification.domain",
    "entrypoints.cli",
    "entrypoints.mail_events",
    "ledger.services.posting",
    "operations.services.daily",
    "operations.services.sweeping",
    "payments.services.adopting",
    "payments.services.full_pass",
    "payments.services.reconciling",
    "payments.services.refunding",
    "documents.services.statements.delivering",
    "documents.services.statements.running",
)


def test_a_request_waits_for_nothing_that_only_commands_and_jobs_need(unpacked: Path) -> None:
    """Issue 11: each start pays for every import."""
    code = """
import app
from chalicelib import bootstrap
bootstrap.app()
answer = sorted(name for name in sys.modules if name.startswith("chalicelib."))
"""
    loaded = run_in(unpacked, code)
    assert "chalicelib.payments.services.paying" in loaded
    idle = tuple(f"chalicelib.{name}." for name in IDLE)
    assert [name for name in loaded if f"{name}.".startswith(idle)] == []


def test_the_methods_of_dataclasses_come_compiled(unpacked: Path) -> None:
    code = """
import builtins, dataclasses
texts, plain = [], builtins.exec
def counting(program, *namespaces):
    texts.extend([program] if isinstance(program, str) else [])
    plain(program, *namespaces)
builtins.exec = counting
import app
during = [text for text in texts if "raise_from" not in text]  # six's own
later = dataclasses.make_dataclass("Later", ["x"], frozen=True)(x=1)
answer = during, repr(later), "exec" in vars(dataclasses)
"""
    assert run_in(unpacked, code) == [[], "Later(x=1)", False]


def test_every_client_can_be_made_and_every_operation_kept_is_there(unpacked: Path) -> None:
    code = """
import botocore.session
session = botocore.session.get_session()
names = session.get_available_services()
made = {name: session.create_client(name, region_name="eu-west-1") for name in names}
answer = {name: client.meta.service_model.operation_names for name, client in made.items()}
"""
    kept = {name: frozenset(operations) for name, operations in run_in(unpacked, code).items()}
    assert kept == aws_data.OPERATIONS


def test_the_services_kept_are_those_that_the_wired_app_makes_clients_of(unpacked: Path) -> None:
    code = """
import botocore.session
made, create = set(), botocore.session.Session.create_client
def create_client(self, service_name, *more, **options):
    made.add(service_name)
    return create(self, service_name, *more, **options)
botocore.session.Session.create_client = create_client
from chalicelib import bootstrap
app = bootstrap.app()
of_commands = {"backing_up", "migrating", "host_counts", "host_rows", "inviting"}  # which run from the source
for part in [getattr(app, name) for name in dir(app) if not name.startswith("_") and name not in of_commands]:
    if hasattr(part, "_client"):
        part._client()
answer = sorted(made)
"""
    assert run_in(unpacked, code) == sorted(aws_data.OPERATIONS)


def test_the_operations_kept_are_those_that_the_policies_allow() -> None:
    allowed = {action for file in (ROOT / ".chalice").glob("policy-*.json") for action in actions(file)}
    kept = {
        ACTIONS.get(operation, f"{service}:{operation}")
        for service, operations in aws_data.OPERATIONS.items()
        for operation in operations
    }
    assert kept - {None} == allowed - NOT_CALLED_BY_CODE


def actions(file: Path) -> list[str]:
    named = [statement["Action"] for statement in json.loads(file.read_text())["Statement"]]
    return [action for part in named for action in ([part] if isinstance(part, str) else part)]


def test_links_to_documents_are_signed_as_by_the_whole_botocore(unpacked: Path) -> None:
    code = """
import datetime, botocore.session
from chalicelib.documents.store.files import S3Files
answer = S3Files("bucket", region="us-east-2").url("fern", "a.pdf", filename="é.pdf", inline=True)
"""
    there = run_in(unpacked, code).partition("X-Amz-Date")[0]
    here = run_in(ROOT, code, *map(Path, sys.path)).partition("X-Amz-Date")[0]
    assert there == here


def test_stripe_works_without_its_types_for_type_checkers(unpacked: Path) -> None:
    code = """
from chalicelib.payments.ports.processors import ObjectKind, Reference
from chalicelib.payments.processors.stripe.client import StripeProcessor
keys = {"secret_key": "sk_test_x", "publishable_key": "pk", "webhook_secrets": ["w"]}
made = StripeProcessor(**keys, api_base="http://127.0.0.1:9")
api = made._api
services = (api.payment_intents, api.charges, api.refunds, api.disputes, api.events)
assert all(service.retrieve for service in (api.checkout.sessions, *services))
try:
    made.look(Reference(ObjectKind.PAYMENT, "pi_1"))
except Exception as error:
    answer = type(error).__name__
"""
    assert run_in(unpacked, code) == "ProcessorTimeout"


def test_time_zones_come_with_the_zip(unpacked: Path) -> None:
    code = """
import zoneinfo
zoneinfo.reset_tzpath([])
answer = [zoneinfo.ZoneInfo(name).key for name in ("America/New_York", "Europe/Madrid")]
"""
    assert run_in(unpacked, code) == ["America/New_York", "Europe/Madrid"]


def test_the_layer_and_the_zip_make_a_document(unpacked: Path, layer: Path) -> None:
    code = """
from chalicelib.documents.domain.letterheads import Letterhead
from chalicelib.documents.pdf.receipt import TypstRenderer
from chalicelib.documents.ports.documents import ReceiptData
from chalicelib.ledger.domain.methods import Method
card = Method("card", "Visa", "4242")
head = Letterhead(practice_name="Fern 柳", practice_address="1 Road", practice_phone="", practice_email="")
data = ReceiptData(head, 100, "USD", "2026-01-02", card, "R-1", 0, "es")
answer = TypstRenderer().receipt(data)[:5].decode()
"""
    assert run_in(unpacked, code, layer) == "%PDF-"


def test_the_signatures_layer_alone_checks_paypals_signatures(unpacked: Path, signatures: Path) -> None:
    """Issue 16: in no other function, and in the API's only for that route."""
    code = """
from chalicelib.payments.processors.paypal import client, environments
made = client.PayPalProcessor(client_id="a", secret="b", webhook_id="c", environment=environments.LIVE)
before = "cryptography" in sys.modules
try:
    made.news({}, b"{}", now=client.datetime.now(client.UTC))
except client.WebhookInvalid as error:
    answer = [before, str(error), "cryptography" in sys.modules]
"""
    assert run_in(unpacked, code, signatures) == [False, "signer", True]
    assert sum(path.stat().st_size for path in signatures.rglob("*") if path.is_file()) < 20_000_000


def test_a_service_keeps_the_shapes_its_operations_reach_and_no_prose() -> None:
    service = {
        "metadata": {"endpointPrefix": "x"},
        "documentation": "long",
        "operations": {
            "Get": {"input": {"shape": "In"}, "documentation": "long"},
            "Put": {"input": {"shape": "Other"}},
        },
        "shapes": {
            "In": {
                "type": "structure",
                "members": {"documentation": {"shape": "Text", "documentation": "x"}},
            },
            "Text": {"type": "string"},
            "Other": {"type": "string"},
        },
    }
    kept = aws_data.trimmed(service, ["Get"])
    assert kept["operations"] == {"Get": {"input": {"shape": "In"}}}
    assert kept["shapes"] == {
        "In": {"type": "structure", "members": {"documentation": {"shape": "Text"}}},
        "Text": {"type": "string"},
    }
    with pytest.raises(KeyError):
        aws_data.trimmed(service, ["Gone"])


def test_a_python_that_lambda_does_not_have_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", type("V", (), {"minor": 99}))
    with pytest.raises(PackageError, match=r"Lambda has no Python 3\.99"):
        of_this_python()


def test_wheels_are_lambdas_whatever_machine_packs() -> None:
    options = Target(12, "arm64", native=False).pip_options()
    assert {"--python-version=3.12", "--platform=manylinux_2_34_aarch64", "--only-binary=:all:"} <= set(
        options
    )
    assert "--platform=manylinux_2_28_x86_64" not in Target(11, "x86_64", native=False).pip_options()


@pytest.mark.parametrize("maker", LAYER_MAKERS)
def test_a_kept_layer_is_made_again_when_anything_that_makes_it_changes(
    maker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = shutil.copytree(wheels.HERE, tmp_path / "code")
    (tmp_path / "requirements-documents.txt").write_text("")
    monkeypatch.setattr(wheels, "HERE", code)
    monkeypatch.setattr(wheels, "_install", lambda requirements, target, folder: folder.mkdir())
    cache, out = tmp_path / "cache", tmp_path / "layer.zip"
    layers.layer("documents", tmp_path, TARGET, cache, out)
    [kept] = cache.glob("*.zip")
    kept.write_bytes(b"kept")
    layers.layer("documents", tmp_path, TARGET, cache, out)
    assert out.read_bytes() == b"kept"
    (code / maker).write_text(f"{(code / maker).read_text()}\n# changed\n")
    layers.layer("documents", tmp_path, TARGET, cache, out)
    assert zipfile.is_zipfile(out)


def test_what_a_program_said_last_is_the_error() -> None:
    with pytest.raises(PackageError, match="no such pin"):
        wheels.run([sys.executable, "-c", "import sys; sys.exit('first\\nno such pin')"])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("template") / "template.json"
    template.write(ROOT, out, TARGET)
    text = out.read_text()
    assert "us-east-1" not in text
    assert str(ROOT) not in text
    made: dict[str, Any] = json.loads(text)
    return made


def test_one_template_fits_every_stage(written: dict[str, Any]) -> None:
    functions = [r for r in written["Resources"].values() if r["Type"] == "AWS::Serverless::Function"]
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    assert len(functions) == len(config["stages"]["prod"]["lambda_functions"])
    for function in functions:
        properties = function["Properties"]
        assert properties["CodeUri"] == "./api.zip"
        assert properties["Runtime"] == TARGET.runtime
    queues = [
        event["Properties"]["Queue"]
        for function in functions
        for event in function["Properties"].get("Events", {}).values()
        if event["Type"] == "SQS"
    ]
    assert queues
    assert all("billfold-dev" not in json.dumps(queue) for queue in queues)
