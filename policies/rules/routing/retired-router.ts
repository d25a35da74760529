import { ingressKind, nginxPrefix } from "../../kinds/ingress";
import { kindOf } from "../../objects/objects";
import { ingressesOf } from "../../kinds/routes";
import { violation, type Rule } from "../../gate/rule";

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
  kinds: [ingressKind, "networking.k8s.io/IngressClass", "argoproj.io/Rollout", "flagger.app/Canary"],
  limits: {},
  *judge(object) {
    const kind = kindOf(object.input);
    if (kind === ingressKind) {
      const annotations = object.at("metadata", "annotations");
      const [first] = annotations.keys().filter((key) => key.startsWith(nginxPrefix));
      if (first !== undefined)
        yield violation(annotations.at(first), `is an annotation of ingress-nginx; ${successors}`);
    } else if (kind === "networking.k8s.io/IngressClass") {
      const controller = object.at("spec", "controller");
      if (controller.text() === "k8s.io/ingress-nginx") yield violation(controller, `is ingress-nginx; ${successors}`);
    } else if (kind === "flagger.app/Canary") {
      if (object.at("spec", "provider").text() === "nginx")
        yield violation(object.at("spec", "provider"), `is ingress-nginx; ${successors}`);
    } else {
      const [first] = ingressesOf(object);
      if (first)
        yield violation(
          object.at("spec", "strategy", "canary", "trafficRouting", "nginx"),
          `makes an Ingress with annotations of ingress-nginx; ${successors}`,
        );
    }
  },
};
