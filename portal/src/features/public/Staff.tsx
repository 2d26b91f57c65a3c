import type { Clinician } from "../../api/schema";
import { useWords } from "../../i18n";

/** G2: who works there, and who of them can be paid online. */
export function Staff({ clinicians }: { clinicians: Clinician[] }) {
  const { t } = useWords();
  return (
    <section id="staff" aria-labelledby="staff-title">
      <h2 id="staff-title">{t("public.staff")}</h2>
      <ul class="public__staff" role="list">
        {clinicians.map(({ id, name, credentials, payments_enabled }) => (
          <li key={id}>
            <bdi>
              {name}
              {credentials && <span class="public__credentials">, {credentials}</span>}
            </bdi>
            {!payments_enabled && <small>{t("public.noOnline")}</small>}
          </li>
        ))}
      </ul>
    </section>
  );
}
