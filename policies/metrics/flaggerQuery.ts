import type { Field } from "../objects/field";
import { find, nameIn, namespaceOf } from "../objects/lookup";
import type { Objects } from "../objects/objects";
import { argument, withoutArguments } from "../languages/emptyAnswer";

/** The MetricTemplate that a Canary's metric names; nothing for one with a query of its own, or of Flagger's. */
export function metricTemplateOf(metric: Field, objects: Objects): Field | undefined {
  const reference = metric.at("templateRef");
  if (!reference.exists) return undefined;
  const namespace = reference.at("namespace").text() || namespaceOf(metric);
  return find(
    "flagger.app/MetricTemplate",
    reference.at("name").text() ?? "",
    reference.at("name"),
    objects,
    namespace,
  );
}

/** The names that Flagger puts into a query: the Deployment's, and the Service's for all versions. */
export interface Names {
  readonly target: string;
  readonly service: string;
}

export function namesOf(canary: Field): Names {
  const target = canary.at("spec", "targetRef", "name").text() ?? "";
  return { target, service: canary.at("spec", "service", "name").text() || target };
}

/** A query as Flagger sends it for a Canary, as far as that is known. */
export function rendered(query: string, canary: Field): string {
  const { target, service } = namesOf(canary);
  const known: Readonly<Record<string, string>> = { name: nameIn(canary), target, service };
  return withoutArguments(query, (name) => (Object.hasOwn(known, name) ? (known[name] ?? argument) : argument));
}
