import type { Field } from "../objects/field";
import { namesOf } from "./flaggerQuery";
import { asksFor, hasWord, ingressCanary, mayTell, type Matcher, type VersionOf } from "./isolation";
import { argument, withoutArguments } from "../languages/emptyAnswer";

/** What stands in a query for an argument's value. */
const canaryHash = `${argument}_of_the_canary`;
const stableHash = `${argument}_of_the_stable`;
const anyVersion = "argument_of_any_version";

/**
 * A query as Argo Rollouts sends it, with marks for what it fills in; undefined names of arguments are told to
 * `missing`.
 */
export function withValues(query: string, args: ReadonlyMap<string, string>, missing: (name: string) => void): string {
  return withoutArguments(query, (tag) => {
    const name = tag.replace(/^args\./, "");
    if (tag.startsWith("args.") && !args.has(name)) missing(name);
    return args.get(name) ?? argument;
  });
}

/** The values of the arguments of an analysis: those that it gives, else those of its templates, which declare them. */
export function valuesOf(analysis: Field, templates: readonly Field[]): ReadonlyMap<string, string> {
  const given = analysis.at("args").list();
  const declared = templates.flatMap((template) => template.at("spec", "args").list());
  return new Map(
    declared.map((argument) => {
      const name = argument.at("name").text() ?? "";
      const hasValue = (each: Field) => each.at("value").exists || each.at("valueFrom").exists;
      return [
        name,
        valueOf(given.find((each) => each.at("name").text() === name && hasValue(each)) ?? argument),
      ] as const;
    }),
  );
}

const sameForBoth = ["metadata.namespace", "metadata.name"];

function valueOf(given: Field): string {
  const [value, from] = [given.at("value"), given.at("valueFrom")];
  if (value.exists) return value.known ? (value.text() ?? "") : argument;
  const hash = from.at("podTemplateHashValue");
  if (hash.exists) return hash.text() === "Latest" ? canaryHash : stableHash;
  return sameForBoth.includes(from.at("fieldRef", "fieldPath").text() ?? "") ? anyVersion : argument;
}

/** Reads labels as those of a Rollout's pods and Services. */
export function versionUnderRollout(canary: Field): VersionOf {
  const name = (field: Field) => (field.exists ? (field.text() ?? "") : "");
  const istio = canary.at("trafficRouting", "istio", "destinationRule");
  const canaries = [name(canary.at("canaryService")), name(istio.at("canarySubsetName"))].filter(Boolean);
  const stables = [name(canary.at("stableService")), name(istio.at("stableSubsetName"))].filter(Boolean);
  return (matcher) => {
    const { value } = matcher;
    const asks = asksFor(matcher);
    if (ingressCanary(matcher)) return ingressCanary(matcher);
    if (
      asks &&
      (value.includes(canaryHash) ||
        hasWord("canary", value) ||
        (mayTell(matcher) && canaries.some((each) => value.includes(each))))
    )
      return "canary";
    if (asks && (value.includes(stableHash) || (mayTell(matcher) && stables.includes(value)))) return "stable";
    return value.includes(argument) || (mayTell(matcher) && !value.includes(anyVersion)) ? "not known" : undefined;
  };
}

const ownLabels =
  /^(app|name|app_kubernetes_io_name|k8s_app|workload|deployment|destination_(app|workload|canonical_service))$/;
const podNames = /(^|_)pod(_name)?$/;

/**
 * Reads labels as Flagger gives them: the stable version's Deployment, its pods and their label have the suffix
 * -primary.
 */
export function versionUnderFlagger(canary: Field): VersionOf {
  const { target, service } = namesOf(canary);
  return (matcher) => {
    const { label, value } = matcher;
    const asks = asksFor(matcher);
    if (ingressCanary(matcher)) return ingressCanary(matcher);
    if (asks && hasWord("canary", value)) return "canary";
    if (podNames.test(label)) return oneOf(matcher, `${target}-6d4f8b9c5-x2x7z`, `${target}-primary-6d4f8b9c5-x2x7z`);
    if (ownLabels.test(label)) return oneOf(matcher, target, `${target}-primary`);
    if (asks && hasWord("primary", value)) return "stable";
    // The Service of this name has the pods of both versions.
    if (asks && value === service) return undefined;
    return mayTell(matcher) ? "not known" : undefined;
  };
}

/** Which of two names a matcher accepts; nothing where it accepts both, and not known where neither. */
function oneOf({ is, value }: Matcher, canary: string, stable: string): ReturnType<VersionOf> {
  const accepts = (name: string) => {
    const matches = is.endsWith("~") ? new RegExp(`^(?:${value.replace(/\\\\/g, "\\")})$`).test(name) : name === value;
    return matches === asksFor({ label: "", is, value });
  };
  try {
    const [isCanary, isStable] = [accepts(canary), accepts(stable)];
    if (isCanary && isStable) return undefined;
    if (isCanary) return "canary";
    return isStable ? "stable" : "not known";
  } catch (error) {
    if (error instanceof SyntaxError) return "not known";
    throw error;
  }
}
