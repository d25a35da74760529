import type { Field } from "../objects/field";
import { kindOf } from "../objects/input";
import { labelsOf, type LabelMap } from "../objects/labels";
import type { Key, ObjectSet } from "../objects/objectSet";

/** All that is special to one kind of route. */
export interface RouteKind {
  /** With its API group. */
  readonly kind: string;
  /** The field that holds its splits, and so the weights that a controller moves. */
  readonly field: string;
  /** The weight of a backend that has none. */
  readonly defaultWeight: number;
  /** Whether a backend that is alone gets all requests, whatever its weight. */
  readonly ignoresOnlyWeight: boolean;
  /** Every place in a route where requests may be split. */
  splitsIn(route: Field): readonly Split[];
}

/** Backends among which one rule of a route splits its requests. */
export interface Split {
  readonly field: Field;
  /** The rule's name, if it has one. */
  readonly name?: string;
  /** The backends that are Services. */
  readonly destinations: readonly Destination[];
  /** The weights of all backends. */
  readonly weights: readonly Field[];
}

/** A version's way in a route: a Service, or a subset of one. */
export interface Destination {
  readonly field: Field;
  /** Where the Service is named. */
  readonly service: Field;
  readonly subset?: Field;
}

export const virtualService: RouteKind = {
  kind: "networking.istio.io/VirtualService",
  field: "spec.http",
  defaultWeight: 0,
  ignoresOnlyWeight: true,
  splitsIn: (route) =>
    route
      .at("spec", "http")
      .list()
      .map((rule) => {
        const backends = rule.at("route").list();
        const name = rule.at("name").text();
        return {
          field: rule.at("route"),
          ...(name !== undefined && { name }),
          destinations: backends.map((field) => {
            const [service, subset] = [field.at("destination", "host"), field.at("destination", "subset")];
            return { field, service, ...(subset.exists && { subset }) };
          }),
          weights: weightsOf(backends),
        };
      }),
};

export const httpRoute: RouteKind = {
  kind: "gateway.networking.k8s.io/HTTPRoute",
  field: "spec.rules",
  defaultWeight: 1,
  ignoresOnlyWeight: false,
  splitsIn: (route) =>
    route
      .at("spec", "rules")
      .list()
      .map((rule) => splitByName(rule.at("backendRefs"))),
};

export const traefikService: RouteKind = {
  kind: "traefik.io/TraefikService",
  field: "spec.weighted.services",
  defaultWeight: 1,
  ignoresOnlyWeight: false,
  splitsIn: (route) => [splitByName(route.at("spec", "weighted", "services"))],
};

/** Backends by their names, of which those without a kind are Services. */
function splitByName(field: Field): Split {
  const backends = field.list();
  const services = backends.filter((backend) => (backend.at("kind").text() ?? "Service") === "Service");
  return {
    field,
    destinations: services.map((backend) => ({ field: backend, service: backend.at("name") })),
    weights: weightsOf(backends),
  };
}

const weightsOf = (backends: readonly Field[]) => backends.map((backend) => backend.at("weight"));

const all = [virtualService, httpRoute, traefikService];

/** The kinds of routes that are known here. */
export const routeKinds = all.map(({ kind }) => kind);

/** Nothing for an object that is no route. */
export function routeKindOf({ input }: Field): RouteKind | undefined {
  return all.find(({ kind }) => kind === kindOf(input));
}

/** The splits of a route that have destinations. */
export function splitsOf(route: Field, kind: RouteKind): readonly Split[] {
  return kind.splitsIn(route).filter(({ destinations }) => destinations.length > 0);
}

/** The name of a Service, also where it is named by its address in the cluster. */
export function serviceName(service: Field): string {
  const text = service.text() ?? "";
  return /^[^.]+\.[^.]+(\.svc(\..*)?)?$/.test(text) ? (text.split(".")[0] ?? "") : text;
}

const byHost: Key = {
  kind: "networking.istio.io/DestinationRule",
  textsOf: (rule) => [serviceName(rule.at("spec", "host"))],
};

/**
 * The labels that a destination's pods have: those that its Service selects by, and its subset's. Throws `NotReadable`
 * where these are not among the objects.
 */
export function selectorOf({ service, subset }: Destination, objects: ObjectSet): LabelMap {
  const name = serviceName(service);
  const selector = labelsOf(objects.named("Service", service, { name }).at("spec", "selector"));
  if (!subset) return selector;
  const rule = objects
    .inNamespaceHaving(service, byHost, () => [name])
    .find((each) => serviceName(each.at("spec", "host")) === name);
  const declared = rule
    ?.at("spec", "subsets")
    .list()
    .find((each) => each.at("name").text() === subset.text());
  return { ...selector, ...(declared && labelsOf(declared.at("labels"))) };
}
