import { accepts, asksFor, type Matcher } from "../../languages/labelMatcher";
import { filled, unknownArgument } from "../../languages/queryTemplate";
import { byIngressLabel, hasWord, mayTellVersions, type VersionOf } from "../../metrics/askedVersion";
import type { SentQuery } from "../../metrics/metric";
import { nameIn, type Field } from "../../objects/field";
import type { ObjectSet } from "../../objects/objectSet";

/** The MetricTemplate that a Canary's metric names; nothing for one with a query of its own, or of Flagger's. */
export function metricTemplateOf(metric: Field, objects: ObjectSet): Field | undefined {
  const reference = metric.at("templateRef");
  if (!reference.exists) return undefined;
  const namespace = reference.at("namespace").text() || undefined;
  return objects.named("flagger.app/MetricTemplate", reference.at("name"), { namespace });
}

/** Where the query of a Canary's metric is; absent for one of Flagger's own. */
export const queryFieldOf = (metric: Field, template: Field | undefined) =>
  template?.at("spec", "query") ?? metric.at("query");

/** The query of a Canary's metric as Flagger sends it; nothing where it asks another provider than Prometheus. */
export function sentQuery(metric: Field, canary: Field, objects: ObjectSet): SentQuery | undefined {
  const template = metricTemplateOf(metric, objects);
  const field = queryFieldOf(metric, template);
  if (!field.exists || (template && template.at("spec", "provider", "type").text() !== "prometheus")) return undefined;
  return { field, text: rendered(field.text() ?? "", canary), versionOf: versionUnder(canary), faults: [] };
}

/** The names that Flagger puts into a query: the Deployment's, and the Service's for all versions. */
function namesOf(canary: Field): { readonly target: string; readonly service: string } {
  const target = canary.at("spec", "targetRef", "name").text() ?? "";
  return { target, service: canary.at("spec", "service", "name").text() || target };
}

/** A query with what Flagger fills in, as far as that is known. */
export function rendered(query: string, canary: Field): string {
  const known: Readonly<Record<string, string>> = { name: nameIn(canary), ...namesOf(canary) };
  return filled(query, (name) => (Object.hasOwn(known, name) ? (known[name] ?? "") : unknownArgument));
}

const ownLabels =
  /^(app|name|app_kubernetes_io_name|k8s_app|workload|deployment|destination_(app|workload|canonical_service))$/;
const podNames = /(^|_)pod(_name)?$/;

/**
 * Reads labels as Flagger gives them: the stable version's Deployment, its pods and their label have the suffix
 * -primary.
 */
function versionUnder(canary: Field): VersionOf {
  const { target, service } = namesOf(canary);
  return (matcher) => {
    const { label, value } = matcher;
    const [asks, byIngress] = [asksFor(matcher), byIngressLabel(matcher)];
    if (byIngress) return byIngress;
    if (asks && hasWord("canary", value)) return "canary";
    if (podNames.test(label)) return oneOf(matcher, `${target}-6d4f8b9c5-x2x7z`, `${target}-primary-6d4f8b9c5-x2x7z`);
    if (ownLabels.test(label)) return oneOf(matcher, target, `${target}-primary`);
    if (asks && hasWord("primary", value)) return "stable";
    // The Service of this name has the pods of both versions.
    if (asks && value === service) return undefined;
    return mayTellVersions(matcher) ? "not known" : undefined;
  };
}

/** Which of two names a matcher accepts; nothing where it accepts both, and not known where neither. */
function oneOf(matcher: Matcher, canary: string, stable: string): ReturnType<VersionOf> {
  const [isCanary, isStable] = [accepts(matcher, canary), accepts(matcher, stable)];
  if (isCanary && isStable) return undefined;
  if (isCanary) return "canary";
  return isStable ? "stable" : "not known";
}
