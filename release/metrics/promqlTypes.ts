import { createRequire } from "node:module";
import type * as language from "@codemirror/language";
import type * as codemirror from "@codemirror/state";
import type * as checking from "@prometheus-io/codemirror-promql/dist/cjs/parser";
import type * as promql from "@prometheus-io/codemirror-promql/dist/cjs/promql";

/** For the parts of an editor, which take a while to load: few releases have queries of their own. */
const load = createRequire(__filename);

const mostMilliseconds = 10_000;

/**
 * What a query gets wrong in the types of its parts, in the words of Prometheus' own checker for editors; undefined
 * where nothing.
 */
export function wrongTypes(query: string): string | undefined {
  const { EditorState } = load("@codemirror/state") as typeof codemirror;
  const { ensureSyntaxTree } = load("@codemirror/language") as typeof language;
  const { Parser } = load("@prometheus-io/codemirror-promql/dist/cjs/parser") as typeof checking;
  const { promQLLanguage, LanguageType } = load("@prometheus-io/codemirror-promql/dist/cjs/promql") as typeof promql;
  const begun = EditorState.create({ doc: query, extensions: [promQLLanguage(LanguageType.PromQL)] });
  // An editor reads for so many milliseconds, and the rest later: what it has not read yet would look like a fault.
  if (ensureSyntaxTree(begun, query.length, mostMilliseconds) === null)
    return `it cannot be read within ${mostMilliseconds / 1000}s`;
  const checked = new Parser(begun.update({}).state);
  checked.analyze();
  return checked.getDiagnostics()[0]?.message;
}
