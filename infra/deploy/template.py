"""What is deployed: the packaged SAM template with its code named in S3, as plain CloudFormation."""

import hashlib
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TRANSLATOR_PYTHON = ROOT / ".venv-deploy" / "bin" / "python"

# SAM type -> its property that names a local file.
_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}
_BINARY = "x-amazon-apigateway-binary-media-types"

Template = dict[str, Any]


class DeployError(Exception):
    """The deployment stops; the text says why, and what to do."""


def code_files(sam: Template) -> set[str]:
    """The files that functions and layers are made from, as the template names them."""
    return {r["Properties"][_CODE[r["Type"]]] for r in sam["Resources"].values() if r["Type"] in _CODE}


def content_key(file: Path) -> str:
    """Where a file's bytes lie in the bucket of packages: the same bytes, the same place."""
    return f"code/{hashlib.sha256(file.read_bytes()).hexdigest()}{file.suffix}"


def deployable(sam: Template, bucket: str, keys: Mapping[str, str]) -> Template:
    """CloudFormation of a SAM template whose local files are in `bucket`, each under its key.

    Error: DeployError with what the translator has to say.
    """
    placed = json.loads(json.dumps(sam))
    for resource in placed["Resources"].values():
        if resource["Type"] in _CODE:
            name = _CODE[resource["Type"]]
            properties = resource["Properties"]
            properties[name] = {"Bucket": bucket, "Key": keys[properties[name]]}
    return _finished(_translated(placed))


def _translated(sam: Template) -> Template:
    if not TRANSLATOR_PYTHON.exists():
        raise DeployError("the SAM translator is not installed: `make setup-test` installs it")
    command = [str(TRANSLATOR_PYTHON), str(Path(__file__).with_name("translator.py"))]
    done = subprocess.run(command, input=json.dumps(sam), capture_output=True, text=True, check=False)
    if done.returncode:
        raise DeployError(f"the template cannot be translated:\n{done.stderr}")
    translated: Template = json.loads(done.stdout)
    return translated


def _finished(template: Template) -> Template:
    """Without the reasons given to checkov, and with the API's binary types said as a property, too."""
    for resource in template["Resources"].values():
        resource.pop("Metadata", None)
        if resource["Type"] == "AWS::ApiGateway::RestApi":
            properties = resource["Properties"]
            properties["BinaryMediaTypes"] = properties["Body"][_BINARY]
    return template
