import { createRequire } from "node:module";
import type * as codemirror from "@codemirror/state";
import type * as checking from "@prometheus-io/codemirror-promql/dist/cjs/parser";
import type * as promql from "@prometheus-io/codemirror-promql/dist/cjs/promql";

/** For the parts of an editor, which take a while to load: few releases have queries of their own. */
const load = createRequire(__filename);

/**
 * What a query gets wrong in the types of its parts, in the words of Prometheus' own checker for editors; undefined
 * where nothing.
 */
export function wrongTypes(query: string): string | undefined {
  const { EditorState } = load("@codemirror/state") as typeof codemirror;
  const { Parser } = load("@prometheus-io/codemirror-promql/dist/cjs/parser") as typeof checking;
  const { promQLLanguage, LanguageType } = load("@prometheus-io/codemirror-promql/dist/cjs/promql") as typeof promql;
  const checked = new Parser(EditorState.create({ doc: query, extensions: [promQLLanguage(LanguageType.PromQL)] }));
  checked.analyze();
  return checked.getDiagnostics()[0]?.message;
}
