import { attempt, violation, type Finding, type Rule } from "../../gate/rule";
import { ingressKind, isCanaryIngress, pathsBeside, pathsOf, upstreamOf, type IngressPath } from "../../kinds/ingress";
import type { DeclaredRouting } from "../../kinds/release";
import { allReleaseKinds } from "../../kinds/releaseKinds";
import { routeKindOf, routeKinds, selectorOf, serviceName, splitsOf, type Destination } from "../../kinds/routes";
import { NotReadable, type Field } from "../../objects/field";
import { areApart, labelsOf, matches, type LabelMap } from "../../objects/labels";
import type { Key, ObjectSet } from "../../objects/objectSet";

export const versionsApart: Rule<never> = {
  name: "versions-apart",
  severity: "error",
  wrong: "Two destinations of a split have pods in common.",
  why: "The canary's pods then get requests whatever its weight, or the stable version's pods answer for it: a weight of 5 is not 5 % of the requests.",
  mend: "Let the Services, or the subsets, of both versions select by one label with different values, such as track: stable and track: canary.",
  source:
    "Kubernetes' documentation of Services: a selector matches every pod that has at least its labels; Argo Rollouts tells the Services apart that a Rollout names.",
  kinds: [...routeKinds, ingressKind],
  needsAllObjects: true,
  limits: {},
  *judge(route, objects) {
    for (const group of groupsOf(route, objects)) {
      yield* attempt(function* () {
        if (group.destinations.length > mostDestinations)
          throw new NotReadable(
            group.field,
            `has ${group.destinations.length} destinations; known here: up to ${mostDestinations}`,
          );
        for (const [one, other] of pairsOf(group)) {
          yield* attempt(function* () {
            if (!areToldApart([one, other], objects)) yield* judgePair(one, other, objects);
          });
        }
      });
    }
  },
};

/** As many as Gateway API takes; each pair of them is looked at. */
const mostDestinations = 16;

/** Destinations among which requests are split; of a canary's Ingress the first is its own, and the others are not. */
interface Group {
  readonly field: Field;
  readonly destinations: readonly Destination[];
  readonly isSplit: boolean;
}

function* groupsOf(route: Field, objects: ObjectSet): Iterable<Group> {
  const kind = routeKindOf(route);
  if (!kind) return yield* groupsOfIngress(route, objects);
  for (const { field, destinations } of splitsOf(route, kind)) yield { field, destinations, isSplit: true };
}

function* pairsOf({ destinations, isSplit }: Group): Iterable<readonly [Destination, Destination]> {
  const [own, ...mains] = destinations;
  if (!isSplit && own) return yield* mains.map((main) => [main, own] as const);
  for (const [index, one] of destinations.entries()) {
    for (const other of destinations.slice(index + 1)) yield [one, other];
  }
}

/** Each backend of a canary's Ingress, with those of main Ingresses at the same place that lead elsewhere. */
function* groupsOfIngress(ingress: Field, objects: ObjectSet): Iterable<Group> {
  if (!isCanaryIngress(ingress)) return;
  const destination = ({ service }: IngressPath): Destination => ({ field: service, service });
  for (const path of pathsOf(ingress)) {
    const mains = new Map(pathsBeside(path, ingress, objects, false).map((main) => [upstreamOf(main), main]));
    yield { field: path.field, destinations: [path, ...mains.values()].map(destination), isSplit: false };
  }
}

function* judgePair(one: Destination, other: Destination, objects: ObjectSet): Iterable<Finding> {
  const names = [one, other].map(({ service, subset }) =>
    [serviceName(service), subset?.text()].filter(Boolean).join(", subset "),
  );
  if (names[0] === names[1])
    return yield violation(
      other.field,
      `both versions are ${names[0] ?? ""}; accepted: a Service, or a subset, for each`,
    );
  const selectors = [one, other].map((destination) => selectorOf(destination, objects));
  const [first = {}, second = {}] = selectors;
  const empty = selectors.findIndex((selector) => Object.keys(selector).length === 0);
  if (empty >= 0)
    throw new NotReadable((empty === 0 ? one : other).service, "has no selector, so that its pods are not known here");
  if (areApart(first, second)) return;
  const wider = matches(first, second) ? 0 : matches(second, first) ? 1 : undefined;
  const inBoth = wider === undefined && podsWith({ ...first, ...second }, other.field, objects);
  if (wider === undefined && !inBoth)
    throw new NotReadable(
      other.service,
      `selects by other labels than ${names[0] ?? ""}, and which pods have both is not known here`,
    );
  const what =
    wider === undefined
      ? "there are pods that both select"
      : `${names[wider] ?? ""} selects all pods of ${names[1 - wider] ?? ""}`;
  yield violation(other.field, `${what}; accepted: one label with different values in both selectors`);
}

function podsWith(labels: LabelMap, near: Field, objects: ObjectSet): boolean {
  return objects
    .inNamespaceOf(near, "apps/Deployment")
    .some((each) => matches(labels, labelsOf(each.at("spec", "template", "metadata", "labels"))));
}

/** Where releases of a kind name the destinations that their controller tells apart itself. */
interface Teller {
  readonly routing: DeclaredRouting;
  readonly byDestination: Key;
}

const tellers: readonly Teller[] = allReleaseKinds.flatMap(({ kind, routing }) => {
  if (!routing) return [];
  const textsOf = (release: Field) => [...subsetNames(routing, release), ...serviceNames(routing, release)];
  return [{ routing, byDestination: { kind, textsOf } }];
});

const textsIn = (...fields: readonly (Field | undefined)[]) => fields.flatMap((field) => field?.text() ?? []);

function subsetNames({ subsetsOf }: DeclaredRouting, release: Field): readonly string[] {
  const subsets = subsetsOf(release);
  return textsIn(subsets?.stable, subsets?.canary);
}

function serviceNames({ servicesOf }: DeclaredRouting, release: Field): readonly string[] {
  return servicesOf(release).flatMap(({ stable, canary }) => textsIn(stable, canary));
}

/** Whether a release's controller tells two destinations apart, by the hash that it writes into Services or subsets. */
function areToldApart(pair: readonly [Destination, Destination], objects: ObjectSet): boolean {
  const [{ field, service, subset }] = pair;
  const texts = () => [serviceName(service), ...textsIn(subset)];
  return tellers.some(({ routing, byDestination }) =>
    objects.inNamespaceHaving(field, byDestination, texts).some((release) => {
      if (routing.subsetsOf(release) && pair.every((each) => each.subset)) {
        const names = subsetNames(routing, release);
        return pair.every((each) => names.includes(each.subset?.text() ?? ""));
      }
      const names = serviceNames(routing, release);
      return pair.every((each) => names.includes(serviceName(each.service)));
    }),
  );
}
