import { asksFor } from "../../languages/labelMatcher";
import { filled, unknownArgument } from "../../languages/queryTemplate";
import { byIngressLabel, hasWord, mayTellVersions, type VersionOf } from "../../metrics/askedVersion";
import type { SentQuery } from "../../metrics/metric";
import type { Field } from "../../objects/field";

/** Stand in a query for the values of arguments. */
const canaryHash = `${unknownArgument}_of_the_canary`;
const stableHash = `${unknownArgument}_of_the_stable`;
const anyVersion = "argument_of_any_version";

/**
 * The query of a metric as Argo Rollouts sends it; nothing where it asks another provider than Prometheus. A template
 * that is not seen may declare more arguments than `args`.
 */
export function sentQuery(
  metric: Field,
  canary: Field,
  args: ReadonlyMap<string, Field>,
  areAllSeen: boolean,
): SentQuery | undefined {
  const field = metric.at("provider", "prometheus", "query");
  if (!field.exists) return undefined;
  const missing = new Set<string>();
  const text = filled(field.text() ?? "", (tag) => {
    const name = tag.replace(/^args\./, "");
    const given = args.get(name);
    if (given) return valueOf(given);
    if (tag.startsWith("args.") && areAllSeen) missing.add(name);
    return unknownArgument;
  });
  const faults = [...missing].map(
    (name) =>
      `{{args.${name}}} is no argument of its template; accepted: ${[...args.keys()].join(", ") || `one that is named ${name} under spec.args`}`,
  );
  return { field, text, versionOf: versionUnder(canary), faults };
}

const sameForBoth = ["metadata.namespace", "metadata.name"];

function valueOf(argument: Field): string {
  const [value, from] = [argument.at("value"), argument.at("valueFrom")];
  if (value.exists) return value.known ? (value.text() ?? "") : unknownArgument;
  const hash = from.at("podTemplateHashValue");
  if (hash.exists) return hash.text() === "Latest" ? canaryHash : stableHash;
  return sameForBoth.includes(from.at("fieldRef", "fieldPath").text() ?? "") ? anyVersion : unknownArgument;
}

/** Reads labels as those of a Rollout's pods and Services. */
function versionUnder(canary: Field): VersionOf {
  const names = (...fields: readonly Field[]) => fields.map((field) => field.text() ?? "").filter(Boolean);
  const rule = canary.at("trafficRouting", "istio", "destinationRule");
  const canaries = names(canary.at("canaryService"), rule.at("canarySubsetName"));
  const stables = names(canary.at("stableService"), rule.at("stableSubsetName"));
  return (matcher) => {
    const { value } = matcher;
    const [asks, mayTell, byIngress] = [asksFor(matcher), mayTellVersions(matcher), byIngressLabel(matcher)];
    if (byIngress) return byIngress;
    if (
      asks &&
      (value.includes(canaryHash) ||
        hasWord("canary", value) ||
        (mayTell && canaries.some((each) => value.includes(each))))
    )
      return "canary";
    if (asks && (value.includes(stableHash) || (mayTell && stables.includes(value)))) return "stable";
    return value.includes(unknownArgument) || (mayTell && !value.includes(anyVersion)) ? "not known" : undefined;
  };
}
