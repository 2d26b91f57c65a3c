import { useId } from "preact/hooks";
import type { ComponentChildren } from "preact";

import type { Method } from "../../api/schema";
import { useWords, type Key } from "../../i18n";
import type { Offer, Way } from "../../lib/ways";
import type { How } from "./intent";
import { MethodName } from "./MethodName";
import { canPay } from "./preset";
import { useSaving } from "./use-saving";
import { WAY_CHOICES } from "./ways";

interface Props {
  methods: Method[];
  /** What a new one is chosen from; empty where one form, or one page, takes all ways. */
  offers: Offer[];
  /** The ways of the attempt that is chosen. */
  ways: readonly Way[];
  how: How;
  inline: boolean;
  choose: (how: How) => void;
  /** Nobody is signed in whose it could be. */
  keepsNothing?: boolean;
}

/**
 * T13, T14: a saved one or a new one, and whether the new one is kept (T15, S12). Native radio buttons: one stop of the
 * keyboard, and its arrows choose. Nothing where there is no choice.
 */
export function MethodChoice({ methods, offers, ways, how, inline, choose, keepsNothing }: Props) {
  const { t } = useWords();
  const anew = (way: Way | null): void => choose({ ...how, way, method: null, save: null, picked: true });
  const chooses = methods.some(canPay) || offers.length > 0;
  return (
    <>
      {chooses && (
        <fieldset class="ways-choice">
          <legend>{t("pay.how")}</legend>
          {methods.filter(canPay).map((method) => (
            <SavedOne key={method.id} method={method} how={how} choose={choose} />
          ))}
          {offers.map(({ way }) => {
            const Choice = WAY_CHOICES[way];
            return (
              <One key={way} value={way} checked={how.method === null && way === how.way} choose={() => anew(way)}>
                <Choice />
              </One>
            );
          })}
          {offers.length === 0 && (
            <One value="new" checked={how.method === null} choose={() => anew(null)}>
              <strong>{t(inline ? newKey(ways) : "pay.newMethod")}</strong>
            </One>
          )}
        </fieldset>
      )}
      {methods.filter((method) => !canPay(method)).map((method) => (
        <p key={method.id} class="ways-choice__not">
          {method.name}: {t(aboutKey(method) ?? "method.blocked")}
          {method.default && `. ${t("method.otherChosen")}`}
        </p>
      ))}
      {!keepsNothing && <SaveBox ways={ways} how={how} inline={inline} choose={choose} />}
    </>
  );
}

interface OneProps {
  value: string;
  checked: boolean;
  choose: () => void;
  children: ComponentChildren;
}

function One({ value, checked, choose, children }: OneProps) {
  return (
    <label class="ways-choice__way">
      <input type="radio" name="way" value={value} checked={checked} onChange={choose} />
      <span>{children}</span>
    </label>
  );
}

function SavedOne({ method, how, choose }: { method: Method; how: How; choose: (how: How) => void }) {
  const { t } = useWords();
  const about = aboutKey(method);
  return (
    <One
      value={method.id}
      checked={how.method === method.id}
      choose={() => choose({ ...how, method: method.id, save: null, picked: true })}
    >
      <MethodName method={method} />
      {how.refused === method.id && <small>{t("method.refused")}</small>}
      {about && <small>{t(about)}</small>}
      {method.kind === "bank" && <small>{t("ways.bankAbout")}</small>}
    </One>
  );
}

function aboutKey(method: Method): Key | null {
  if (method.state !== "ready") return `method.${method.state}`;
  if (method.expires) return `method.expires.${method.expires}`;
  return method.default ? "method.default" : null;
}

function newKey(ways: readonly Way[]): Key {
  if (!ways.includes("bank")) return "pay.newCard";
  return ways.includes("card") ? "pay.newAny" : "pay.newBank";
}

function saveKey(ways: readonly Way[], inline: boolean): Key {
  if (!inline) return "save.later";
  if (!ways.includes("bank")) return "save.card";
  return ways.includes("card") ? "save.any" : "save.bank";
}

type BoxProps = Pick<Props, "ways" | "how" | "inline" | "choose">;

/** T15, S12: unticked until the payer ticks it. What ticking it means stands beside it; its version goes with the payment. */
function SaveBox({ ways, how, inline, choose }: BoxProps) {
  const { t, locale } = useWords();
  const saving = useSaving();
  const id = useId();
  if (!saving || how.method !== null || !ways.some((way) => way !== "paypal" && saving.ways.includes(way))) return null;
  const { version, text } = saving.consent;
  return (
    <div class="save-box">
      <label class="check">
        <input
          type="checkbox"
          checked={how.save !== null}
          aria-describedby={id}
          onChange={(event) => choose({ ...how, save: event.currentTarget.checked ? version : null, picked: true })}
        />
        <span>{t(saveKey(ways, inline))}</span>
      </label>
      <p class="save-box__consent" id={id}>
        {text[locale]}
      </p>
    </div>
  );
}
