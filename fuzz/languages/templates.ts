/** Names between double braces, as Argo Rollouts ({{args.x}}) and Flagger ({{ namespace }}) fill them in. */
const place = /\{\{(.*?)\}\}/gs;

/** Flagger's variables of a query. */
const ofFlagger = new Set(["name", "namespace", "target", "service", "ingress", "interval"]);

/** What a controller would look for between braces and not find. */
export function strangePlaces(kind: string, text: string, args: readonly string[]): readonly string[] {
  const known = (name: string) =>
    kind === "MetricTemplate" ? ofFlagger.has(name) : args.some((arg) => name === `args.${arg}`);
  const left = text.replace(place, (all, name: string) => (known(name.trim()) ? "" : all));
  return left.includes("{{") ? [left.slice(left.indexOf("{{"), left.indexOf("{{") + 30)] : [];
}

/** A query as a controller sends it. */
export const filledIn = (text: string): string =>
  text.replace(place, (_, name: string) => (name.trim() === "interval" ? "5m" : "x"));
