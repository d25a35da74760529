import { attempt, violation, type Rule } from "../../gate/rule";
import {
  ingressKind,
  isCanaryIngress,
  mainsLeadingTo,
  pathsBeside,
  pathsOf,
  placeOf,
  Places,
  upstreamOf,
  type IngressPath,
} from "../../kinds/ingress";
import type { DeclaredRouting } from "../../kinds/release";
import { releaseKindOf, routedKinds } from "../../kinds/releaseKinds";
import type { Field } from "../../objects/field";
import type { ObjectSet } from "../../objects/objectSet";

export const sharedUpstream: Rule<never> = {
  name: "shared-upstream",
  severity: "warning",
  wrong: "A canary gets requests of other hosts or paths than those that its Ingress names.",
  why: "The canary is attached to the Service and its port: users of every host and path that leads there meet it, and only those of one are expected to.",
  mend: "Let other hosts and paths lead to a Service of their own, or name them in the canary's Ingress too.",
  source:
    "ingress-nginx, internal/ingress/controller/controller.go (mergeAlternativeBackends); Traefik, pkg/provider/kubernetes/ingress-nginx/build.go (canaryPrimaryKey).",
  kinds: [ingressKind, ...routedKinds],
  limits: {},
  *judge(object, objects) {
    const routing = releaseKindOf(object)?.routing;
    const named = routing ? pathsOfRelease(object, routing, objects) : pathsOfCanary(object, objects);
    yield* attempt(function* () {
      for (const { canary, mains } of named) {
        const [upstreams, places] = [new Set(mains.map(upstreamOf)), new Places(canary)];
        const all = mainsLeadingTo(upstreams, object, objects).flatMap(pathsOf);
        const shared = all.filter((path) => upstreams.has(upstreamOf(path)) && places.at(path).length === 0);
        const named = [...new Set(shared.map(placeOf))].sort();
        const [first] = mains;
        if (first && named.length > 0)
          yield violation(
            object.at("spec"),
            `${named.join(", ")} ${named.length === 1 ? "leads" : "lead"} to ${upstreamOf(first)} too, and so to the canary`,
          );
      }
    });
  },
};

/** Paths that are to have a canary, and those of the main Ingress at the same places. */
interface Named {
  readonly canary: readonly IngressPath[];
  readonly mains: readonly IngressPath[];
}

function* pathsOfCanary(ingress: Field, objects: ObjectSet): Iterable<Named> {
  if (!isCanaryIngress(ingress)) return;
  const canary = pathsOf(ingress);
  const mains = canary.flatMap((path) => pathsBeside(path, ingress, objects, false));
  yield { canary, mains: [...new Set(mains)] };
}

/** The controller makes canaries of the paths that lead to the stable Service. */
function* pathsOfRelease(release: Field, routing: DeclaredRouting, objects: ObjectSet): Iterable<Named> {
  const named = routing.ingressesOf(release);
  if (named.length === 0) return;
  const paths = named.flatMap(({ name, service }) => {
    const [ingress, stable] = [objects.named(ingressKind, name), service.text()];
    return pathsOf(ingress).filter((path) => path.service.text() === stable);
  });
  const canary = [...new Set(paths)];
  yield { canary, mains: canary };
}
