import type { Clinician } from "../../api/schema";
import { usePractice } from "../../app/practice";
import { useWords } from "../../i18n";
import { Field } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { Contact } from "../shell/Contact";

interface Props {
  clinicians: Clinician[];
  clinician: string;
  choose: (id: string) => void;
  fault: string | undefined;
}

/** G11: from the staff list. One who takes no online payments is listed, too, with how to pay them. */
export function ClinicianField({ clinicians, clinician, choose, fault }: Props) {
  const { t } = useWords();
  const practice = usePractice();
  const chosen = clinicians.find(({ id }) => id === clinician);
  return (
    <>
      <Field id="clinician" label={t("guest.clinician")} error={fault} saidElsewhere>
        {(describedBy) => (
          <select
            id="clinician"
            name="clinician"
            required
            value={clinician}
            aria-describedby={describedBy}
            aria-invalid={Boolean(fault) || undefined}
            onChange={(event) => choose(event.currentTarget.value)}
          >
            {!chosen && <option value="">{t("guest.choose")}</option>}
            {clinicians.map(({ id, name, credentials, payments_enabled }) => (
              <option key={id} value={id} dir="auto">
                {[name, credentials].filter(Boolean).join(", ")}
                {!payments_enabled && ` (${t("guest.notOnline")})`}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div role="status">
        {chosen && !chosen.payments_enabled && (
          <Notice tone="info" title={t("guest.clinicianOff")}>
            <p>{t("guest.clinicianOffText")}</p>
            <Contact profile={practice} />
          </Notice>
        )}
      </div>
    </>
  );
}
