import ts from "typescript";
import { describe, expect, it } from "vitest";

import { CATALOGS } from "../src/i18n";

/** Every string that an expression of the pages can be, as the compiler sees it: also what a template makes of a union. */
function stringsOfThePages(): Set<string> {
  const config = ts.getParsedCommandLineOfConfigFile("tsconfig.json", {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} })!;
  const program = ts.createProgram(config.fileNames, config.options);
  const checker = program.getTypeChecker();
  const found = new Set<string>();
  const collect = (type: ts.Type): void => {
    if (type.isStringLiteral()) found.add(type.value);
    else if (type.isUnion()) type.types.forEach(collect);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.add(node.text);
    if (ts.isTemplateExpression(node)) collect(checker.getTypeAtLocation(node));
    ts.forEachChild(node, visit);
  };
  const pages = program.getSourceFiles().filter(({ fileName }) => /\/src\/(?!i18n\/e[ns]\.ts|api\/types)/.test(fileName));
  expect(pages.length).toBeGreaterThan(80);
  pages.forEach(visit);
  return found;
}

describe("words", () => {
  it("are each said somewhere", () => {
    const said = stringsOfThePages();
    const dead = Object.keys(CATALOGS.en).filter((key) => !said.has(key) && !said.has(key.replace(/\.(one|other)$/, "")));
    expect(dead).toEqual([]);
  }, 60_000);
});
