import { NotReadable, type Field } from "../../objects/field";
import { pathsOf } from "../../kinds/ingress";
import { find, namespaceOf } from "../../objects/lookup";
import { kindOf, nameOf, type Objects } from "../../objects/objects";
import {
  destinationRuleOf,
  httpRoute,
  ingressesOf,
  routeKinds,
  routesOf,
  serviceName,
  servicesOf,
  splitsOf,
  virtualService,
  type NamedRoute,
  type Split,
} from "../../kinds/routes";
import { attempt, violation, type Finding, type Rule } from "../../gate/rule";

export const weightedDestinations: Rule<never> = {
  name: "weighted-destinations",
  severity: "error",
  wrong: "A route lacks one of the two versions, or its weights sum up to nothing that a router can split by.",
  why: "The controller refuses to move weights that are not there, in the middle of a release; a split of 0 answers every request with an error.",
  mend: "Name both versions in the route that the Rollout moves, with the weights 100 and 0.",
  source:
    "argo-rollouts, pkg/apis/rollouts/validation/validation_references.go, utils/istio; Istio's and Gateway API's references of weights (they normalise weights; a sum of 0 answers 503 and 500).",
  kinds: ["argoproj.io/Rollout", ...routeKinds],
  limits: {},
  *judge(object, objects) {
    if (routeKinds.includes(kindOf(object.input))) {
      for (const split of splitsOf(object)) yield* attempt(() => judgeSum(split, kindOf(object.input)));
      return;
    }
    for (const route of routesOf(object)) yield* attempt(() => judgeRoute(object, route, objects));
    for (const ingress of ingressesOf(object)) yield* attempt(() => judgeIngress(object, ingress, objects));
  },
};

/** Routers take weights as shares of their sum; a VirtualService's single destination gets all, whatever its weight. */
function* judgeSum({ field, destinations }: Split, kind: string): Iterable<Finding> {
  if (destinations.length < 2 && kind === virtualService) return;
  const left = kind === virtualService ? 0 : 1;
  const weights = destinations.map(({ weight }) => weight.number() ?? left);
  const below = weights.findIndex((weight) => weight < 0);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (below >= 0)
    yield violation(destinations[below]?.weight ?? field, `${weights[below]} is no share; accepted: 0 or more`);
  else if (sum === 0) yield violation(field, "the weights sum up to 0; accepted: a sum above 0");
}

function* judgeRoute(
  rollout: Field,
  { kind, name, namespace, rules, others }: NamedRoute,
  objects: Objects,
): Iterable<Finding> {
  if (others) throw new NotReadable(others, "are rules of another protocol than HTTP, and not read here");
  const route = find(
    kind,
    name.text() ?? "",
    name,
    objects,
    kind === httpRoute ? (namespace ?? namespaceOf(rollout)) : namespaceOf(rollout),
  );
  const splits = splitsOf(route);
  const missing = (candidates: readonly Split[]) => {
    const lacks = candidates.map((split) => lacking(rollout, split));
    return lacks.find((names) => names.length === 0) ?? lacks[0] ?? ["stable", "canary"];
  };
  const groups = rules.length > 0 ? rules.map((rule) => splits.filter((split) => split.name === rule)) : [splits];
  for (const group of groups) {
    const names = missing(group);
    const where = group[0]?.field ?? route.at("spec");
    if (names.length > 0)
      yield violation(
        where,
        `${nameOf(rollout.input.object)} moves weights here, and its ${names.join(" and ")} version is no destination; accepted: both in one rule`,
      );
  }
}

/** The versions that a split has no destination for. */
function lacking(rollout: Field, { destinations }: Split): readonly string[] {
  const rule = destinationRuleOf(rollout);
  const names = destinations.map(({ service, subset }) => (rule.exists ? subset?.text() : serviceName(service)));
  const pairs = rule.exists
    ? [{ stable: rule.at("stableSubsetName"), canary: rule.at("canarySubsetName") }]
    : servicesOf(rollout);
  const missing = pairs.map((pair) =>
    (["stable", "canary"] as const).filter((version) => !names.includes(pair[version].text())),
  );
  return missing.find((versions) => versions.length === 0) ?? missing[0] ?? [];
}

function* judgeIngress(rollout: Field, reference: Field, objects: Objects): Iterable<Finding> {
  const ingress = find("networking.k8s.io/Ingress", reference.text() ?? "", reference, objects);
  const stable = rollout.at("spec", "strategy", "canary", "stableService").text();
  if (pathsOf(ingress).some(({ service }) => service.text() === stable)) return;
  yield violation(
    ingress.at("spec", "rules"),
    `${nameOf(rollout.input.object)} makes the canary's Ingress of it, and no path leads to its stable Service ${stable ?? ""}`,
  );
}
