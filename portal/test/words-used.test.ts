import ts from "typescript";
import { describe, expect, it } from "vitest";

import { CATALOGS } from "../src/i18n";
import { enPages } from "../src/i18n/en-pages";
import { enPublic } from "../src/i18n/en-public";
import "../src/i18n/pages";
import "../src/i18n/public";

function programOfThePortal(): ts.Program {
  const config = ts.getParsedCommandLineOfConfigFile("tsconfig.json", {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} })!;
  return ts.createProgram(config.fileNames, config.options);
}

/** Every string that an expression of these files can be, as the compiler sees it: also what a template makes of a union. */
function stringsOf(files: ts.SourceFile[], program: ts.Program): Set<string> {
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
  files.forEach(visit);
  return found;
}

/** What a load of the page fetches: main.tsx and all that it imports, but what is imported when it is needed. */
function fetchedAtOnce(program: ts.Program): ts.SourceFile[] {
  const seen = new Set<ts.SourceFile>();
  const follow = (file: ts.SourceFile): void => {
    if (seen.has(file) || !IS_PAGE.test(file.fileName)) return;
    seen.add(file);
    for (const statement of file.statements) {
      if (!ts.isImportDeclaration(statement) || statement.importClause?.isTypeOnly) continue;
      const { text } = statement.moduleSpecifier as ts.StringLiteral;
      const { resolvedModule } = ts.resolveModuleName(text, file.fileName, program.getCompilerOptions(), ts.sys);
      const next = resolvedModule && program.getSourceFile(resolvedModule.resolvedFileName);
      if (next) follow(next);
    }
  };
  follow(program.getSourceFiles().find(({ fileName }) => fileName.endsWith("/src/main.tsx"))!);
  return [...seen];
}

const IS_PAGE = /\/src\/(?!i18n\/e[ns](-pages|-public)?\.ts|api\/types)/;
/** These name words, and say none: those of each way to pay, and every word with a number. */
const ONLY_NAMES = /\/lib\/ways\.ts$|\/i18n\/index\.tsx$/;

describe("words", () => {
  it("are each said somewhere", () => {
    const program = programOfThePortal();
    const pages = program.getSourceFiles().filter(({ fileName }) => IS_PAGE.test(fileName));
    expect(pages.length).toBeGreaterThan(80);
    const said = stringsOf(pages, program);
    const dead = Object.keys(CATALOGS.en).filter((key) => !said.has(key) && !said.has(key.replace(/\.(one|other)$/, "")));
    expect(dead).toEqual([]);
  }, 60_000);

  it("are there before they are said: those that come with a page, nowhere else", () => {
    const program = programOfThePortal();
    const files = fetchedAtOnce(program).filter(({ fileName }) => !ONLY_NAMES.test(fileName));
    expect(files.length).toBeGreaterThan(30);
    const said = stringsOf(files, program);
    expect(Object.keys({ ...enPages, ...enPublic }).filter((key) => said.has(key) || said.has(key.replace(/\.(one|other)$/, "")))).toEqual([]);
  }, 60_000);
});
