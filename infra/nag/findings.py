"""CloudFormation templates in, what cdk-nag's HIPAA pack finds out, as JSON. Runs in .venv-nag, with Node.

    python findings.py NAME=TEMPLATE…   prints [[rule, "NAME/resource"], …]

The pack looks at resources of CDK, so each template is read in as one. It knows no types of SAM: what it gets
is what is deployed.
"""

import json
import sys

from aws_cdk import App, Stack
from aws_cdk.cloudformation_include import CfnInclude
from cdk_nag import HIPAASecurityChecks

_PACK = "HIPAA.Security-"
_READ_IN = "in"


def main() -> int:
    app = App()
    for given in sys.argv[1:]:
        name, _, template = given.partition("=")
        CfnInclude(Stack(app, name), _READ_IN, template_file=template)
    report = HIPAASecurityChecks(app).validate_scope(app)
    found = [
        (violation.rule_name.removeprefix(_PACK), resource.construct_path.replace(f"/{_READ_IN}/", "/"))
        for violation in report.violations
        for resource in violation.violating_resources
    ]
    print(json.dumps(sorted(found), indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
