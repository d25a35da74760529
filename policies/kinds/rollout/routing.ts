import type { Field } from "../../objects/field";
import type { NamedIngress, NamedRoute, OwnedElsewhere, VersionNames } from "../release";
import { httpRoute, traefikService, virtualService } from "../routes";
import { canaryOf } from "./steps";

const routingOf = (rollout: Field) => canaryOf(rollout).at("trafficRouting");

/** Where a Rollout names the Services of its versions; those that take turns are the second pair. */
export function servicesOf(rollout: Field): readonly VersionNames[] {
  const canary = canaryOf(rollout);
  const pairs = [
    { stable: canary.at("stableService"), canary: canary.at("canaryService") },
    { stable: canary.at("pingPong", "pingService"), canary: canary.at("pingPong", "pongService") },
  ];
  return pairs.filter((pair) => pair.stable.exists || pair.canary.exists);
}

/** Where a Rollout tells the versions apart by subsets of a DestinationRule. */
export function subsetsOf(rollout: Field): VersionNames | undefined {
  const rule = routingOf(rollout).at("istio", "destinationRule");
  return rule.exists ? { stable: rule.at("stableSubsetName"), canary: rule.at("canarySubsetName") } : undefined;
}

/** Routes that a Rollout moves weights in. */
export function* routesOf(rollout: Field): Iterable<NamedRoute> {
  const routing = routingOf(rollout);
  const istio = [routing.at("istio", "virtualService"), ...routing.at("istio", "virtualServices").list()];
  for (const each of istio.filter(({ exists }) => exists)) {
    const others = [each.at("tlsRoutes"), each.at("tcpRoutes")].find(({ exists }) => exists);
    const rules = each.at("routes").list();
    yield { kind: virtualService, name: each.at("name"), rules: rules.map((name) => name.text() ?? ""), others };
  }
  const traefik = routing.at("traefik", "weightedTraefikServiceName");
  if (traefik.exists) yield { kind: traefikService, name: traefik, rules: [] };
  const gateway = routing.at("plugins", "argoproj-labs/gatewayAPI");
  const namespace = gateway.at("namespace").text();
  const more = gateway.at("httpRoutes").list();
  const names = [gateway.at("httpRoute"), ...more.map((each) => each.at("name"))];
  for (const name of names.filter(({ exists }) => exists)) yield { kind: httpRoute, name, namespace, rules: [] };
}

/** What a Rollout says to ingress-nginx. */
export const nginxOf = (rollout: Field) => routingOf(rollout).at("nginx");

/** Ingresses that a Rollout makes a canary's Ingress for. */
export function ingressesOf(rollout: Field): readonly NamedIngress[] {
  const nginx = nginxOf(rollout);
  const names = [nginx.at("stableIngress"), ...nginx.at("stableIngresses").list()].filter(({ exists }) => exists);
  return names.map((name) => ({ name, service: canaryOf(rollout).at("stableService") }));
}

/** What the controller writes: the hash of each version into Services or subsets, and the weights into routes. */
export function* ownedBy(rollout: Field): Iterable<OwnedElsewhere> {
  const services = servicesOf(rollout).flatMap(({ stable, canary }) => [stable, canary]);
  for (const name of services.filter(({ exists }) => exists)) yield { kind: "Service", name, field: "spec.selector" };
  const rule = routingOf(rollout).at("istio", "destinationRule", "name");
  if (rule.exists) yield { kind: "networking.istio.io/DestinationRule", name: rule, field: "spec.subsets" };
  for (const { kind, name, namespace } of routesOf(rollout))
    yield { kind: kind.kind, name, namespace, field: kind.field };
}
