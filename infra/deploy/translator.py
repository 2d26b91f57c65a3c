"""SAM template in, CloudFormation out, both JSON on the standard streams. Runs in .venv-deploy.

CloudFormation would do the same by its transform when a change set is made. Done here, the deployment test
runs exactly the resources that are deployed, and `make deploy` shows them by name.
"""

import json
import os
import sys
from collections.abc import Mapping

# The translator asks boto3 for the region's name and for nothing else; no account is asked.
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform


class _NoManagedPolicies:
    """Every policy is in the template: AWS is not asked for names of its own."""

    def load(self) -> Mapping[str, str]:
        return {}


def main() -> int:
    """Returns the exit status; what is wrong with the template goes to the standard error."""
    try:
        translated = transform(json.load(sys.stdin), {}, _NoManagedPolicies())
    except InvalidDocumentException as error:
        for cause in error.causes:
            print(cause.message, file=sys.stderr)
        return 1
    json.dump(translated, sys.stdout, indent=1, sort_keys=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
