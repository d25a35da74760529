import type { Field } from "../objects/field";
import { labelsOf, type LabelMap } from "../objects/labels";
import { besideHaving, find } from "../objects/lookup";
import { kindOf, type Key, type Objects } from "../objects/objects";

/** A version's way in a route: a Service, or a subset of one. */
export interface Destination {
  readonly field: Field;
  /** Where the Service is named. */
  readonly service: Field;
  readonly subset?: Field;
  readonly weight: Field;
}

/** Destinations among which one rule of a route splits its requests. */
export interface Split {
  readonly field: Field;
  /** The rule's name, if it has one. */
  readonly name?: string;
  readonly destinations: readonly Destination[];
}

export const virtualService = "networking.istio.io/VirtualService";
export const httpRoute = "gateway.networking.k8s.io/HTTPRoute";
export const traefikService = "traefik.io/TraefikService";
export const routeKinds = [virtualService, httpRoute, traefikService];

/** The splits of a route that have destinations. */
export function splitsOf(route: Field): readonly Split[] {
  const kind = kindOf(route.input);
  const spec = route.at("spec");
  const all =
    kind === virtualService
      ? spec.at("http").list().map(ofVirtualService)
      : kind === httpRoute
        ? spec.at("rules").list().map(ofHttpRoute)
        : [ofTraefik(spec.at("weighted"))];
  return all.filter(({ destinations }) => destinations.length > 0);
}

function ofVirtualService(rule: Field): Split {
  const destinations = rule
    .at("route")
    .list()
    .map((field) => {
      const [service, subset] = [field.at("destination", "host"), field.at("destination", "subset")];
      return { field, service, ...(subset.exists && { subset }), weight: field.at("weight") };
    });
  const name = rule.at("name").text();
  return { field: rule.at("route"), destinations, ...(name !== undefined && { name }) };
}

function ofHttpRoute(rule: Field): Split {
  const services = rule
    .at("backendRefs")
    .list()
    .filter((field) => (field.at("kind").text() ?? "Service") === "Service");
  return {
    field: rule.at("backendRefs"),
    destinations: services.map((field) => ({ field, service: field.at("name"), weight: field.at("weight") })),
  };
}

function ofTraefik(weighted: Field): Split {
  const services = weighted
    .at("services")
    .list()
    .filter((field) => (field.at("kind").text() ?? "Service") === "Service");
  return {
    field: weighted.at("services"),
    destinations: services.map((field) => ({ field, service: field.at("name"), weight: field.at("weight") })),
  };
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
export function selectorOf({ service, subset }: Destination, objects: Objects): LabelMap {
  const selector = labelsOf(find("Service", serviceName(service), service, objects).at("spec", "selector"));
  if (!subset) return selector;
  const rule = besideHaving(service, byHost, () => [serviceName(service)], objects).find(
    (each) => serviceName(each.at("spec", "host")) === serviceName(service),
  );
  const declared = rule
    ?.at("spec", "subsets")
    .list()
    .find((each) => each.at("name").text() === subset.text());
  return { ...selector, ...(declared && labelsOf(declared.at("labels"))) };
}

/** Where a Rollout names the Services of its versions; those that take turns are the second pair. */
export function servicesOf(rollout: Field): readonly { readonly stable: Field; readonly canary: Field }[] {
  const canary = rollout.at("spec", "strategy", "canary");
  const pairs = [
    { stable: canary.at("stableService"), canary: canary.at("canaryService") },
    { stable: canary.at("pingPong", "pingService"), canary: canary.at("pingPong", "pongService") },
  ];
  return pairs.filter((pair) => pair.stable.exists || pair.canary.exists);
}

/** Where a Rollout tells the versions apart by subsets instead of Services. */
export function destinationRuleOf(rollout: Field): Field {
  return rollout.at("spec", "strategy", "canary", "trafficRouting", "istio", "destinationRule");
}

/** Routes that a Rollout moves weights in. */
export interface NamedRoute {
  readonly kind: string;
  readonly name: Field;
  readonly namespace?: string;
  /** Names of the rules that it moves, where it says so. */
  readonly rules: readonly string[];
  /** Rules for other protocols than HTTP, which are not read here. */
  readonly others?: Field;
}

export function* routesOf(rollout: Field): Iterable<NamedRoute> {
  const routing = rollout.at("spec", "strategy", "canary", "trafficRouting");
  const istio = [routing.at("istio", "virtualService"), ...routing.at("istio", "virtualServices").list()];
  for (const each of istio.filter(({ exists }) => exists)) {
    const others = [each.at("tlsRoutes"), each.at("tcpRoutes")].find(({ exists }) => exists);
    yield {
      kind: virtualService,
      name: each.at("name"),
      rules: each
        .at("routes")
        .list()
        .map((name) => name.text() ?? ""),
      ...(others && { others }),
    };
  }
  const traefik = routing.at("traefik", "weightedTraefikServiceName");
  if (traefik.exists) yield { kind: traefikService, name: traefik, rules: [] };
  const gateway = routing.at("plugins", "argoproj-labs/gatewayAPI");
  const namespace = gateway.at("namespace").text();
  const names = [
    gateway.at("httpRoute"),
    ...gateway
      .at("httpRoutes")
      .list()
      .map((each) => each.at("name")),
  ];
  for (const name of names.filter(({ exists }) => exists))
    yield { kind: httpRoute, name, rules: [], ...(namespace !== undefined && { namespace }) };
}

/** Ingresses that a Rollout makes a canary's Ingress for. */
export function ingressesOf(rollout: Field): readonly Field[] {
  const nginx = rollout.at("spec", "strategy", "canary", "trafficRouting", "nginx");
  return [nginx.at("stableIngress"), ...nginx.at("stableIngresses").list()].filter(({ exists }) => exists);
}

/** Whether a Rollout tells some destinations apart itself, by the hash that it writes into Services or subsets. */
export function isToldApartByARollout(destinations: readonly Destination[], objects: Objects): boolean {
  const [first] = destinations;
  if (!first) return false;
  const texts = () => [serviceName(first.service), ...(first.subset ? [first.subset.text() ?? ""] : [])];
  return besideHaving(first.field, byDestination, texts, objects).some((rollout) => {
    const rule = destinationRuleOf(rollout);
    if (rule.exists && destinations.every(({ subset }) => subset)) {
      const names = subsetNamesOf(rollout);
      return destinations.every(({ subset }) => names.includes(subset?.text()));
    }
    const names = serviceNamesOf(rollout);
    return destinations.every(({ service }) => names.includes(serviceName(service)));
  });
}

const serviceNamesOf = (rollout: Field) =>
  servicesOf(rollout).flatMap(({ stable, canary }) => [stable.text(), canary.text()]);
const subsetNamesOf = (rollout: Field) =>
  ["stableSubsetName", "canarySubsetName"].map((name) => destinationRuleOf(rollout).at(name).text());

const byDestination: Key = {
  kind: "argoproj.io/Rollout",
  textsOf: (rollout) => [...subsetNamesOf(rollout), ...serviceNamesOf(rollout)].filter((name) => name !== undefined),
};
