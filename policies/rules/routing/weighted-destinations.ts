import { attempt, violation, type Finding, type Rule } from "../../gate/rule";
import { ingressKind, pathsOf } from "../../kinds/ingress";
import type { NamedIngress, NamedRoute, DeclaredRouting } from "../../kinds/release";
import { releaseKindOf, routedKinds } from "../../kinds/releaseKinds";
import { routeKindOf, routeKinds, serviceName, splitsOf, type RouteKind, type Split } from "../../kinds/routes";
import { NotReadable, type Field } from "../../objects/field";
import { nameOf } from "../../objects/input";
import type { ObjectSet } from "../../objects/objectSet";

export const weightedDestinations: Rule<never> = {
  name: "weighted-destinations",
  severity: "error",
  wrong: "A route lacks one of the two versions, or its weights sum up to nothing that a router can split by.",
  why: "The controller refuses to move weights that are not there, in the middle of a release; a split of 0 answers every request with an error.",
  mend: "Name both versions in the route that the Rollout moves, with the weights 100 and 0.",
  source:
    "argo-rollouts, pkg/apis/rollouts/validation/validation_references.go, utils/istio; Istio's and Gateway API's references of weights (they normalise weights; a sum of 0 answers 503 and 500).",
  kinds: [...routedKinds, ...routeKinds],
  limits: {},
  *judge(object, objects) {
    const kind = routeKindOf(object);
    if (kind) for (const split of splitsOf(object, kind)) yield* attempt(() => judgeWeights(split, kind));
    const routing = releaseKindOf(object)?.routing;
    if (!routing) return;
    for (const route of routing.routesOf(object)) yield* attempt(() => judgeRoute(object, route, routing, objects));
    for (const ingress of routing.ingressesOf(object)) yield* attempt(() => judgeIngress(object, ingress, objects));
  },
};

/** Routers take weights as shares of their sum. */
function* judgeWeights({ field, weights }: Split, kind: RouteKind): Iterable<Finding> {
  if (weights.length < 2 && kind.ignoresOnlyWeight) return;
  const values = weights.map((weight) => weight.number() ?? kind.defaultWeight);
  const below = values.findIndex((value) => value < 0);
  const sum = values.reduce((total, value) => total + value, 0);
  if (below >= 0) yield violation(weights[below] ?? field, `${values[below]} is no share; accepted: 0 or more`);
  else if (sum === 0) yield violation(field, "the weights sum up to 0; accepted: a sum above 0");
}

function* judgeRoute(
  release: Field,
  { kind, name, namespace, rules, others }: NamedRoute,
  routing: DeclaredRouting,
  objects: ObjectSet,
): Iterable<Finding> {
  if (others) throw new NotReadable(others, "are rules of another protocol than HTTP, and not read here");
  const route = objects.named(kind.kind, name, { namespace });
  const splits = splitsOf(route, kind);
  const missing = (candidates: readonly Split[]) => {
    const lacks = candidates.map((split) => lacking(release, routing, split));
    return lacks.find((names) => names.length === 0) ?? lacks[0] ?? versions;
  };
  const groups = rules.length > 0 ? rules.map((rule) => splits.filter((split) => split.name === rule)) : [splits];
  for (const group of groups) {
    const names = missing(group);
    const where = group[0]?.field ?? route.at("spec");
    if (names.length > 0)
      yield violation(
        where,
        `${nameOf(release.input.object)} moves weights here, and its ${names.join(" and ")} version is no destination; accepted: both in one rule`,
      );
  }
}

const versions = ["stable", "canary"] as const;

/** The versions that a split has no destination for. */
function lacking(release: Field, routing: DeclaredRouting, { destinations }: Split): readonly string[] {
  const subsets = routing.subsetsOf(release);
  const names = destinations.map(({ service, subset }) => (subsets ? subset?.text() : serviceName(service)));
  const missing = (subsets ? [subsets] : routing.servicesOf(release)).map((pair) =>
    versions.filter((version) => !names.includes(pair[version].text())),
  );
  return missing.find((versions) => versions.length === 0) ?? missing[0] ?? [];
}

function* judgeIngress(release: Field, { name, service }: NamedIngress, objects: ObjectSet): Iterable<Finding> {
  const ingress = objects.named(ingressKind, name);
  const stable = service.text();
  if (pathsOf(ingress).some((path) => path.service.text() === stable)) return;
  yield violation(
    ingress.at("spec", "rules"),
    `${nameOf(release.input.object)} makes the canary's Ingress of it, and no path leads to its stable Service ${stable ?? ""}`,
  );
}
