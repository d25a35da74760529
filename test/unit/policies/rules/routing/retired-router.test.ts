import { notKnown } from "../../../../../policies/objects/input";
import { budget, canary, object } from "../../objects";
import { judgeTable } from "../../table";
import { ingress, main, path, routed, withNginx } from "./objects";

judgeTable("retired-router", [
  [
    "an annotation of ingress-nginx",
    [ingress([path("web")], { "rewrite-target": "/" })],
    "violation",
    /rewrite-target: is an annotation of ingress-nginx; accepted: .*Gateway API.*Traefik 3\.7/,
  ],
  ["an Ingress without one", [main], "passes"],
  [
    "a class with its controller",
    [object("networking.k8s.io/v1", "IngressClass", { controller: "k8s.io/ingress-nginx" })],
    "violation",
    /is ingress-nginx/,
  ],
  [
    "a class with another controller",
    [object("networking.k8s.io/v1", "IngressClass", { controller: "traefik.io/ingress-controller" })],
    "passes",
  ],
  ["a Rollout that makes its annotations", [withNginx()], "violation"],
  ["a Rollout with another router", [routed({ traefik: { weightedTraefikServiceName: "web" } })], "passes"],
  ["a Canary with its annotations", [canary({}, { provider: "nginx" })], "violation"],
  ["a Canary with another router", [canary(), budget()], "passes"],
  [
    "a controller that is not known yet",
    [object("networking.k8s.io/v1", "IngressClass", { controller: notKnown })],
    "not judged",
  ],
]);
