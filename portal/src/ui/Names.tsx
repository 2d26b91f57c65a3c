import { Listed } from "./Listed";
import { Name } from "./Name";

/** Names, joined as the language does: "A, B and C". */
export function Names({ children }: { children: string[] }) {
  return <Listed>{children.map((name) => <Name key={name}>{name}</Name>)}</Listed>;
}
