import { useEffect } from "preact/hooks";

/** What search engines are told of the page that is shown: what it is, and its one address. */
export function useHead(description: string, path: string): void {
  useEffect(() => {
    const added = [
      element("meta", { name: "description", content: description }),
      element("link", { rel: "canonical", href: location.origin + path }),
    ];
    document.head.append(...added);
    return () => added.forEach((one) => one.remove());
  }, [description, path]);
}

function element(name: string, attributes: Record<string, string>): HTMLElement {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}
