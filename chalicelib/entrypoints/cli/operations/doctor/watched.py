"""The cloud's alarms, and what the mail service says."""

from collections.abc import Iterator

from chalicelib.entrypoints.cli.operations.doctor.findings import (
    OPERATING,
    Facts,
    Finding,
    Patient,
    State,
    counted,
    fine,
    look,
)
from chalicelib.mail.ports import MailSetUp

_ALARMS, _MAIL = f"{OPERATING}#alarms", f"{OPERATING}#nobody-gets-mail"
_PAUSED, _KEEPS = f"{OPERATING}#mail_paused", f"{OPERATING}#what-ses-keeps-of-its-own"
_ACCOUNT = "docs/deploy.md#1-the-account"


def alarms(patient: Patient) -> Iterator[Finding]:
    if patient.app.settings.sandbox:
        yield fine("the sandbox has no alarms", alarms=0)
        return
    known = patient.app.alarms().all()
    if not known:
        yield look("the stage has no alarms", do="deploy it again", see=_ALARMS)
        return
    ringing = [alarm for alarm in known if alarm.ringing]
    for alarm in ringing:
        yield look(
            f"{alarm.name} rings since {alarm.since}", do="what the runbook says of it", see=_ALARMS,
            facts={"alarm": alarm.name, "since": alarm.since},
        )  # fmt: skip
    for alarm in known:
        if not alarm.tells:
            do = f"aws cloudwatch enable-alarm-actions --alarm-names {alarm.name}"
            yield look(f"{alarm.name} tells nobody", do=do, see=_ALARMS, facts={"alarm": alarm.name})
    if not patient.app.alarms().told():
        do = "confirm the mail that SNS has sent to the address of the stage's settings"
        yield look("no address has agreed to be told of alarms", do=do, see=_ALARMS)
    if not ringing:
        yield fine(f"{counted(len(known), 'alarm', 'alarms')}, and none rings", alarms=len(known))


def mail(patient: Patient) -> Iterator[Finding]:
    allowed = patient.app.mail_account.allowance()
    sent, daily = int(allowed.sent), int(allowed.daily)
    told = f"{counted(sent, 'mail', 'mails')} in 24 hours, of {daily if daily >= 0 else 'any number'}"
    facts: Facts = {"sent": sent, "daily": daily}
    if why := allowed.shut:
        yield look(
            f"no mail goes out ({why}): {told}", do="what this word asks for", see=_PAUSED, facts=facts
        )
    elif why := allowed.pause():
        do = "wait, or ask AWS for more"
        yield look(f"no statement goes out ({why}): {told}", do=do, see=_PAUSED, facts=facts)
    else:
        yield Finding(State.FINE, f"mail goes out: {told}", facts=facts)
    yield from _set_up(patient, patient.app.mail_set_ups.found())


def _set_up(patient: Patient, found: MailSetUp) -> Iterator[Finding]:
    sender, name = patient.app.settings.mail_from, patient.app.settings.mail_configuration_set
    whom = "anybody" if found.to_anybody else "verified addresses"
    wrong = []
    if not found.verified:
        told = f"the mail service does not know {sender} as ours"
        wrong.append(look(told, do="verify its domain", see=_ACCOUNT))
    if not found.to_anybody and not patient.app.settings.trial:
        told = "the mail service sends to verified addresses only"
        wrong.append(look(told, do="ask AWS to let the account out of SES's sandbox", see=_ACCOUNT))
    if not found.reported:
        told = (
            f"the mail service has no configuration set {name}" if name else "there is no configuration set"
        )
        wrong.append(look(f"{told}: bounces are not heard of", do="deploy the stage again", see=_MAIL))
    elif "COMPLAINT" in found.keeps and not patient.app.settings.sandbox:
        do = f"aws sesv2 put-configuration-set-suppression-options --configuration-set-name {name}"
        do = f"{do} --suppressed-reasons BOUNCE"
        wrong.append(look("SES's own list keeps who complained from all mail", do=do, see=_KEEPS))
    yield from wrong or [fine(f"the mail service sends to {whom} from {sender}")]
