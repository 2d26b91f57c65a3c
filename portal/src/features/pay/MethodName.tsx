import type { Method } from "../../api/schema";
import { Name } from "../../ui/Name";

/** What its payer knows it by: its kind and last digits, its bank, and their own name for it. */
export function MethodName({ method: { name, bank, label } }: { method: Method }) {
  return (
    <>
      <strong>{name}</strong>
      {bank && (
        <>
          , <bdi>{bank}</bdi>
        </>
      )}
      {label && (
        <>
          {" "}
          (<Name>{label}</Name>)
        </>
      )}
    </>
  );
}
