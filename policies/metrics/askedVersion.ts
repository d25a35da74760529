import { selectorsOf, type Expression, type Selector } from "../../release/metrics/promql";
import type { Matcher } from "../languages/labelMatcher";

/** Which version the matcher of one label asks for; nothing where it tells none from the other. */
export type VersionOf = (matcher: Matcher) => "canary" | "stable" | "not known" | undefined;

/**
 * Why a query does not ask for the canary alone, or for it beside the stable version to compare the two; nothing where
 * it does. `known` is false where it may do so all the same.
 */
export function whyNotTheCanaryAlone(
  query: Expression,
  versionOf: VersionOf,
): { readonly known: boolean; readonly reason: string } | undefined {
  const asked = selectorsOf(query).map((selector) => ({
    text: selector.text,
    version: versionAskedFor(selector, versionOf),
  }));
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

function versionAskedFor({ metric = "", matchers }: Selector, versionOf: VersionOf) {
  const versions = matchers.map(versionOf);
  for (const version of ["canary", "not known", "stable"] as const) if (versions.includes(version)) return version;
  // A recording rule may have told the versions apart already.
  if (hasWord("canary", metric)) return "canary";
  return metric.includes(":") || metric === "" ? "not known" : "both";
}

/** Whether a version may be told from the other by this label. */
export const mayTellVersions = ({ label }: Matcher) =>
  /pod|version|track|hash|revision|subset|canary|service|workload|deployment|instance|backend|upstream|replica|host|target|release|variant|colou?r|container_id/i.test(
    label,
  );

/** Whether a word stands in a text by itself, as "canary" in "web-canary". */
export const hasWord = (word: string, text: string) => new RegExp(`(^|[^a-z])${word}([^a-z]|$)`, "i").test(text);

/** The version by the label that ingress-nginx gives to the canary's requests alone. */
export function byIngressLabel({ label, is, value }: Matcher): "canary" | "stable" | undefined {
  if (label !== "canary" || value !== "") return undefined;
  return is === "!=" ? "canary" : "stable";
}
