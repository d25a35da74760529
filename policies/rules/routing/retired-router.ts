import { violation, type Rule } from "../../gate/rule";
import { ingressKind, nginxPrefix } from "../../kinds/ingress";
import { releaseKindOf, releaseKinds } from "../../kinds/releaseKinds";
import type { Fault, Field } from "../../objects/field";
import { kindOf } from "../../objects/input";

const ingressClassKind = "networking.k8s.io/IngressClass";
const successors =
  "accepted: the router of a Gateway API implementation, or Traefik 3.7 and later, whose provider kubernetesIngressNGINX reads the same annotations";

export const retiredRouter: Rule<never> = {
  name: "retired-router",
  severity: "warning",
  wrong: "The release depends on ingress-nginx, which was retired in March 2026.",
  why: "It gets no fixes any more, of security holes neither, and it is what all requests go through.",
  mend: "Move to the Gateway API; or let Traefik 3.7 or later read the annotations, which needs no change of them.",
  source:
    "The project ingress-nginx: retired in March 2026, its repository is read-only; its own advice is the Gateway API or another controller.",
  kinds: [ingressKind, ingressClassKind, ...releaseKinds],
  limits: {},
  *judge(object) {
    const fault = ingressNginxOf(object);
    if (fault) yield violation(fault.at, `${fault.reason}; ${successors}`);
  },
};

/** How an object depends on ingress-nginx; nothing where it does not. */
function ingressNginxOf(object: Field): Fault | undefined {
  const release = releaseKindOf(object);
  if (release) return release.ingressNginxOf(object);
  if (kindOf(object.input) === ingressClassKind) {
    const controller = object.at("spec", "controller");
    return controller.text() === "k8s.io/ingress-nginx" ? { at: controller, reason: "is ingress-nginx" } : undefined;
  }
  const annotations = object.at("metadata", "annotations");
  const first = annotations.keys().find((key) => key.startsWith(nginxPrefix));
  return first === undefined ? undefined : { at: annotations.at(first), reason: "is an annotation of ingress-nginx" };
}
