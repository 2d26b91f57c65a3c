"""What a stage is by what lies in the account: a trial or live, whatever its file says."""

from collections.abc import Callable

from infra.deploy.aws import Aws
from infra.deploy.secrets import has_parameter
from infra.deploy.stacks import Stacks
from infra.deploy.stage import Stage
from infra.deploy.template import DeployError


def data_stack(stage: Stage) -> str:
    return f"billfold-{stage.name}-data"


def functions_stack(stage: Stage) -> str:
    return f"billfold-{stage.name}"


def site_stack(stage: Stage) -> str:
    return f"billfold-{stage.name}-site"


def live_record(stage: Stage) -> str:
    """The parameter that says who went live with the stage, when, and upon what."""
    return f"{stage.secrets}/went-live"


def check_account(aws: Aws, stage: Stage, say: Callable[[str], None]) -> str:
    """Who asks. Error: DeployError for the credentials of another account."""
    identity = aws.call("sts", "get-caller-identity")
    if identity["Account"] != stage.account:
        raise DeployError(
            f"these credentials are for account {identity['Account']};"
            f" stages/{stage.name}.json says {stage.account}"
        )
    say(f"account {identity['Account']}, region {stage.region}, as {identity['Arn']}")
    return str(identity["Arn"])


def kind_in_account(home: Stacks, stage: Stage) -> str | None:
    """ "live", "trial", or None where there is none of the stage.

    A stage is live as soon as its record says so, though its stacks may not be changed yet; and one that was
    deployed before there were two kinds.
    """
    told = home.parameters(data_stack(stage))
    if told is None:
        return None
    if told.get("Kind", "live") == "live" or has_parameter(home.aws, live_record(stage)):
        return "live"
    return "trial"


def check_kind(home: Stacks, stage: Stage) -> None:
    """Error: DeployError where the file says another kind than the account."""
    there = kind_in_account(home, stage)
    if there == "live" and stage.is_trial:
        raise DeployError(
            f"{stage.name} is live, and never becomes a trial again; stages/{stage.name}.json says it is one."
            " Nothing was changed"
        )
    if there == "trial" and not stage.is_trial:
        raise DeployError(
            f"{stage.name} is a trial: --go-live makes it live, once its checklist is green"
            " (docs/deploy.md). Nothing was changed"
        )
