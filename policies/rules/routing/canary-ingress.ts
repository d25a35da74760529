import { NotReadable, type Field } from "../../objects/field";
import { nameOf } from "../../objects/input";
import {
  ingressKind,
  isCanaryIngress,
  otherIngresses,
  pathsBeside,
  pathsOf,
  placeOf,
  type IngressPath,
} from "../../kinds/ingress";
import type { ObjectSet } from "../../objects/objectSet";
import { attempt, violation, type Rule } from "../../gate/rule";

export const canaryIngress: Rule<never> = {
  name: "canary-ingress",
  severity: "error",
  wrong: "A canary's Ingress has no main Ingress for its host and path, or is not the only one.",
  why: "ingress-nginx drops it without a word: the canary gets no request, and is judged by none.",
  mend: "Give it the host, the path and the pathType of the main Ingress, and declare one canary for each.",
  source:
    "ingress-nginx's documentation of canary annotations, internal/ingress/controller/controller.go (mergeAlternativeBackends); Traefik, pkg/provider/kubernetes/ingress-nginx/build.go.",
  kinds: [ingressKind],
  needsAllObjects: true,
  limits: {},
  *judge(ingress, objects) {
    if (!isCanaryIngress(ingress)) return;
    for (const path of pathsOf(ingress)) {
      yield* attempt(function* () {
        const place = placeOf(path);
        const [second] = pathsBeside(path, ingress, objects, true);
        if (second)
          yield violation(
            path.field,
            `${nameOf(second.field.input.object)} is a canary for ${place} too, and only one of them counts`,
          );
        const same = pathsBeside(path, ingress, objects, false);
        if (same.some(({ pathType }) => pathType === path.pathType)) return;
        const [other] = same;
        if (other)
          return yield violation(
            path.field.at("pathType"),
            `the main Ingress has ${place} with pathType ${other.pathType}; accepted: ${other.pathType}`,
            other.pathType,
          );
        const ofHost = placesOfHost(path, ingress, objects);
        if (ofHost.length === 0)
          throw new NotReadable(path.field, `is at ${place}, and no main Ingress for this host is among the objects`);
        const more = ofHost.length > mostShown ? ` and ${ofHost.length - mostShown} more` : "";
        yield violation(
          path.field.at("path"),
          `no main Ingress has ${place}; accepted: ${ofHost.slice(0, mostShown).join(", ")}${more}`,
        );
      });
    }
  },
};

const mostShown = 20;

/** The places that main Ingresses have for the host of a path. */
function placesOfHost({ host }: IngressPath, ingress: Field, objects: ObjectSet): readonly string[] {
  return otherIngresses(ingress, objects, false)
    .flatMap(pathsOf)
    .filter((each) => each.host === host)
    .map(placeOf);
}
