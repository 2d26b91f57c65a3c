import { useWords } from "../i18n";

/** A whole page that is on its way, with the page's own margins. */
export function PageSkeleton() {
  return (
    <div class="page">
      <Skeleton shapes={["title", "card", "row", "row", "row"]} />
    </div>
  );
}

/** Grey shapes the size of what is coming, so that nothing jumps; one line of words for screen readers. */
export function Skeleton({ shapes }: { shapes: ("title" | "line" | "card" | "row")[] }) {
  const { t } = useWords();
  return (
    <div class="skeleton" role="status">
      <span class="visually-hidden">{t("loading")}</span>
      {shapes.map((shape, index) => (
        <span key={index} class={`skeleton__${shape}`} aria-hidden="true" />
      ))}
    </div>
  );
}
