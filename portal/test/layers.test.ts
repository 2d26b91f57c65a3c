import ts from "typescript";
import { describe, expect, it } from "vitest";

const sources = import.meta.glob<string>("../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });

/** From below to above: each imports of its own kind and of those before it. */
const LAYERS = ["api", "i18n", "lib", "router", "ui", "app", "features", "pages", "main"] as const;

/** Words are formatted by helpers, and helpers that ask the API speak the reader's language. */
const SAME_LEVEL = new Set(["i18n lib"]);

const PATHS = Object.keys(sources).map((path) => path.replace("../src/", ""));

function layerOf(path: string): string {
  return path === "app/router.ts" ? "router" : path.split(/[/.]/)[0]!;
}

/** What a module imports of ours, `import()` included, as paths below src. */
function importsOf(path: string): string[] {
  const { importedFiles } = ts.preProcessFile(sources[`../src/${path}`]!);
  return importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith(".")).map((name) => resolve(path, name));
}

function resolve(from: string, name: string): string {
  const base = new URL(name, `file:///${from}`).pathname.slice(1);
  return ["", ".ts", ".tsx", ".d.ts", "/index.tsx"].map((end) => base.replace(/\/$/, "") + end).find((path) => PATHS.includes(path)) ?? base;
}

const ARROWS = PATHS.flatMap((path) => importsOf(path).map((to) => [path, to] as const)).filter(([, to]) => !to.endsWith(".css"));

describe("modules", () => {
  it("import only what is below them: app/ knows no feature", () => {
    const rank = (path: string): number => LAYERS.findIndex((layer) => layer === layerOf(path));
    expect(ARROWS.length).toBeGreaterThan(300);
    expect(PATHS.filter((path) => rank(path) < 0)).toEqual([]);
    const upwards = ARROWS.filter(([from, to]) => rank(to) > rank(from) && !SAME_LEVEL.has(`${layerOf(from)} ${layerOf(to)}`));
    expect(upwards).toEqual([]);
  });

  it("of one feature know another only without a circle", () => {
    const feature = (path: string): string | null => /^features\/(\w+)\//.exec(path)?.[1] ?? null;
    const between = ARROWS.map(([from, to]) => [feature(from), feature(to)] as const).filter(([a, b]) => a && b && a !== b);
    expect(circleIn(between as [string, string][])).toEqual([]);
  });

  it("stand in no circle", () => {
    expect(circleIn(ARROWS)).toEqual([]);
  });
});

/** The first circle found, as the path round it. */
function circleIn(arrows: readonly (readonly [string, string])[]): string[] {
  const done = new Set<string>();
  const walk = (at: string, trail: string[]): string[] => {
    if (trail.includes(at)) return [...trail.slice(trail.indexOf(at)), at];
    if (done.has(at)) return [];
    done.add(at);
    for (const [from, to] of arrows) {
      const circle = from === at ? walk(to, [...trail, at]) : [];
      if (circle.length > 0) return circle;
    }
    return [];
  };
  for (const [from] of arrows) {
    const circle = walk(from, []);
    if (circle.length > 0) return circle;
  }
  return [];
}
