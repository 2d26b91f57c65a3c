"""`make deploy STAGE=prod`: bring the deployment named in stages/prod.json up to date. docs/deploy.md.

Data first, then functions, then the CDN, then the portal's files. Before each stack changes, what will change
is shown and asked about. Safe to repeat at any point: what is up to date stays as it is, secrets are made
once, and code lies in S3 under the hash of its bytes. `--dry-run` shows and carries nothing out; it makes
change sets, deletes them, and puts the functions' template where CloudFormation can read it.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from infra.deploy import stage, standing
from infra.deploy.artefacts import Artefacts, WorkTree, release
from infra.deploy.aws import Aws
from infra.deploy.checklist import Statements
from infra.deploy.deployment import Deployment
from infra.deploy.going_live import GoingLive
from infra.deploy.preflight import LINES
from infra.deploy.removal import Removal
from infra.deploy.stacks import Stacks
from infra.deploy.template import ROOT, DeployError
from infra.deploy.turn import in_hand

_CDN_REGION = "us-east-1"


def _ask(question: str) -> bool:
    try:
        return input(f"{question} Type yes: ").strip() == "yes"
    except EOFError:
        return False


def _say(text: str) -> None:
    print(text, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0: up to date, or shown; 1: stopped, and why is printed."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description="Deploy one stage.")
    parser.add_argument("--stage", required=True)
    parser.add_argument("--stages", type=Path, default=ROOT / "stages", help="folder of the stages' settings")
    parser.add_argument("--package", type=Path, default=ROOT / "dist", help="what `make package` made")
    parser.add_argument("--portal", type=Path, default=ROOT / "portal" / "dist", help="the built portal")
    parser.add_argument("--version", help="deploy this release instead, from release-VERSION in --releases")
    parser.add_argument(
        "--releases", type=Path, default=ROOT / "dist", help="folder of the releases' folders"
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would change and carry nothing out")
    parser.add_argument("--yes", action="store_true", help="do not ask (losing data is refused still)")
    parser.add_argument("--rotate-edge-secret", action="store_true", help="replace what the CDN adds")
    parser.add_argument("--remove", action="store_true", help="remove a trial with everything that it has")
    parser.add_argument(
        "--take-over", action="store_true", help="go on, though somebody else's run has the stage in hand"
    )
    _add_going_live(parser)
    parser.add_argument(
        "--despite", action="append", default=[], choices=sorted(LINES),
        help="go on though this is red: somebody has judged it (docs/upgrades.md)",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    if options.remove and options.go_live:
        parser.error("a stage is removed or goes live")
    if options.dry_run and (options.rotate_edge_secret or options.remove):
        parser.error("a dry run replaces no secret and removes nothing")
    try:
        _run(options)
    except DeployError as error:
        print(f"billfold: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nbillfold: stopped; what was done stays. Run it again to go on", file=sys.stderr)
        return 1
    except OSError as error:  # of what is printed, or of the package's files
        named = error.filename or "what is printed"
        print(f"billfold: stopped at {named}: {error.strerror}. Run it again to go on", file=sys.stderr)
        _print_no_more()
        return 1
    return 0


def _add_going_live(parser: argparse.ArgumentParser) -> None:
    live = parser.add_argument_group("from a trial to a live stage (docs/deploy.md)")
    live.add_argument("--go-live", action="store_true", help="once its checklist is green; for good")
    live.add_argument("--practice", default="", help="the one with which everything was tried")
    live.add_argument("--baa-by", default="", metavar="NAME", help="who accepted the agreement with AWS")
    live.add_argument("--baa-on", default="", metavar="DATE", help="on which day, as 2026-11-30")
    live.add_argument("--merchant-category", default="", metavar="CODE", help="where no keys tell it")
    live.add_argument("--backup", type=Path, metavar="FILE", help="the practice's export, of this week")


def _stated(options: argparse.Namespace) -> Statements:
    category = options.merchant_category
    return Statements(options.practice, options.baa_by, options.baa_on, category, options.backup)


def _run(options: argparse.Namespace) -> None:
    chosen = stage.load(options.stage, options.stages)
    ask = (lambda _: True) if options.yes else _ask
    home = Stacks(Aws(chosen.region), ask, _say, dry_run=options.dry_run)
    edge = Stacks(Aws(_CDN_REGION), ask, _say, dry_run=options.dry_run)
    with tempfile.TemporaryDirectory() as scratch:
        # A release's files are checked before anything is asked of AWS.
        taken = None if options.remove else _artefacts(options, Path(scratch))
        who = standing.check_account(home.aws, chosen, _say)
        with _in_hand(options, home.aws, chosen, who):
            if taken is None:
                Removal(chosen, home, edge, _say).run()
                return
            despite = frozenset(options.despite)
            deployment = Deployment(chosen, taken, home, edge, _say, options.rotate_edge_secret, despite)
            if options.go_live:
                GoingLive(deployment, _stated(options), who, _say).run()
            else:
                deployment.run()


def _in_hand(
    options: argparse.Namespace, aws: Aws, chosen: stage.Stage, who: str
) -> AbstractContextManager[None]:
    """A dry run is in nobody's way."""
    if options.dry_run:
        return nullcontext()
    return in_hand(aws, chosen, who, _say, take_over=options.take_over)


def _artefacts(options: argparse.Namespace, scratch: Path) -> Artefacts:
    if options.version is None:
        return WorkTree(options.package, options.portal)
    return release(options.releases / f"release-{options.version}", options.version, scratch)


def _print_no_more() -> None:
    """Else Python tries to flush the rest as it ends, and prints a traceback of that."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


if __name__ == "__main__":
    raise SystemExit(main())
