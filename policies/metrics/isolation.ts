import { selectorsOf, type Expression, type Selector } from "../../release/metrics/promql";

/** Which version's series something asks for. */
export type AskedVersion = "canary" | "stable" | "both" | "not known";
export type Matcher = Selector["matchers"][number];

/** Which version the matcher of one label asks for; nothing where it tells none from the other. */
export type VersionOf = (matcher: Matcher) => Exclude<AskedVersion, "both"> | undefined;

/**
 * Whether a query asks for the canary alone, or beside the stable version to compare the two; else what is wrong with
 * it.
 */
export function whatIsNotIsolated(
  query: Expression,
  read: VersionOf,
): { readonly known: boolean; readonly reason: string } | undefined {
  const asked = selectorsOf(query).map((selector) => ({ text: selector.text, version: versionOf(selector, read) }));
  const [both, hidden] = ["both", "not known"].map((version) => asked.find((each) => each.version === version));
  const hasCanary = asked.some(({ version }) => version === "canary");
  if (asked.length === 0) return { known: true, reason: "reads no series" };
  // Series of one side of a join are there only where the other side has them too.
  if (both)
    return {
      known: !(hasCanary && /\b(and|on|ignoring|unless)\b/.test(query.text)),
      reason: `${both.text} asks for the requests of both versions`,
    };
  if (hidden) return { known: false, reason: `asks for ${hidden.text}, and which version that is cannot be told here` };
  return hasCanary ? undefined : { known: true, reason: "asks for the stable version alone" };
}

function versionOf({ metric = "", matchers }: Selector, read: VersionOf): AskedVersion {
  const versions = matchers.map(read);
  for (const version of ["canary", "not known", "stable"] as const) if (versions.includes(version)) return version;
  // A recording rule may have told the versions apart already.
  if (hasWord("canary", metric)) return "canary";
  return metric.includes(":") || metric === "" ? "not known" : "both";
}

/** Labels by which a version may be told from the other. */
export const mayTell = ({ label }: Matcher) =>
  /pod|version|track|hash|revision|subset|canary|service|workload|deployment|instance|backend|upstream|replica|host|target|release|variant|colou?r|container_id/i.test(
    label,
  );

/** Whether a word stands in a text by itself, as "canary" in "web-canary". */
export const hasWord = (word: string, text: string) => new RegExp(`(^|[^a-z])${word}([^a-z]|$)`, "i").test(text);

/** Whether a matcher asks for series whose label has a value, by itself or by a pattern. */
export const asksFor = ({ is }: Matcher) => is === "=" || is === "=~";

/** The label that ingress-nginx gives to the canary's requests alone. */
export function ingressCanary({ label, is, value }: Matcher): "canary" | "stable" | undefined {
  if (label !== "canary" || value !== "") return undefined;
  return is === "!=" ? "canary" : "stable";
}
