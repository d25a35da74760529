import { notKnown } from "../../../../../policies/objects/input";
import { judgeTable } from "../../table";
import { canaryIngress, ingress, main, path, weighted } from "./objects";

judgeTable("canary-ingress", [
  ["the host, the path and the pathType of a main Ingress", [main, canaryIngress()], "passes"],
  [
    "another path",
    [main, canaryIngress({ path: "/cart" })],
    "violation",
    /paths\[0\]\.path.*no main Ingress has shop\.example\.com\/cart; accepted: shop\.example\.com\//,
  ],
  [
    "another pathType",
    [main, canaryIngress({ pathType: "Exact" })],
    "violation",
    /pathType.*with pathType Prefix; accepted: Prefix/,
  ],
  [
    "a second canary",
    [main, canaryIngress(), canaryIngress({}, weighted, "web-canary-2")],
    "violation",
    /Ingress web-canary-2 is a canary for shop\.example\.com\/ too/,
  ],
  [
    "a second canary for another path",
    [
      ingress([path("web"), path("web", { path: "/cart" })]),
      canaryIngress(),
      canaryIngress({ path: "/cart" }, weighted, "web-canary-2"),
    ],
    "passes",
  ],
  ["no main Ingress for the host", [canaryIngress()], "not judged", /no main Ingress for this host/],
  [
    "a main Ingress with a host that is not known yet",
    [ingress([path("web")], {}, "web", notKnown), canaryIngress()],
    "not judged",
  ],
  ["a main Ingress alone", [main], "passes"],
]);
