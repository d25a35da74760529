import { notKnown } from "../../../../../policies/objects/input";
import { judgeTable } from "../../table";
import {
  bySubset,
  drIstio,
  hosts,
  httpRoute,
  ingress,
  main,
  path,
  routed,
  split,
  subsets,
  traefik,
  virtualService,
  withNginx,
} from "./objects";

judgeTable("weighted-destinations", [
  ["a VirtualService with 95 and 5", [virtualService(hosts())], "passes"],
  ["a VirtualService with 3 and 1, which Istio takes as shares", [virtualService(hosts(3, 1))], "passes"],
  ["a VirtualService with 95 and 10", [virtualService(hosts(95, 10))], "passes"],
  [
    "a VirtualService with 0 and 0",
    [virtualService(hosts(0, 0))],
    "violation",
    /http\[0\]\.route.*sum up to 0; accepted: a sum above 0/,
  ],
  [
    "a VirtualService with 101 and -1",
    [virtualService(hosts(101, -1))],
    "violation",
    /route\[1\]\.weight.*-1 is no share; accepted: 0 or more/,
  ],
  ["a TraefikService with a weight below 0", [traefik(split(5, -1))], "violation", /-1 is no share/],
  ["a VirtualService with one destination", [virtualService(hosts().slice(0, 1))], "passes"],
  ["a VirtualService with one destination and 0", [virtualService(hosts(0).slice(0, 1))], "passes"],
  ["a VirtualService without weights", [virtualService(hosts(null, null))], "violation", /sum up to 0/],
  ["a VirtualService with one weight of two", [virtualService(hosts(1, null))], "passes"],
  ["an HTTPRoute with 19 and 1", [httpRoute(split(19, 1))], "passes"],
  ["an HTTPRoute without weights", [httpRoute(split(undefined, undefined))], "passes"],
  ["an HTTPRoute with 0 and 0", [httpRoute(split(0, 0))], "violation", /sum up to 0; accepted: a sum above 0/],
  ["an HTTPRoute with one backend and 0", [httpRoute(split(0).slice(0, 1))], "violation", /sum up to 0/],
  [
    "an HTTPRoute that sends all requests to a backend that is no Service",
    [httpRoute([...split(0, 0), { group: "example.com", kind: "Bucket", name: "web", weight: 1 }])],
    "passes",
  ],
  ["a TraefikService with 0 and 0", [traefik(split(0, 0))], "violation"],
  ["a TraefikService with 0 and 1", [traefik(split(0, 1))], "passes"],
  [
    "a TraefikService that sends all requests to another one",
    [traefik([...split(0, 0), { kind: "TraefikService", name: "mirrored", weight: 1 }])],
    "passes",
  ],
  ["weights that are not known yet", [httpRoute(split(notKnown))], "not judged"],
  [
    "a Rollout's TraefikService with both",
    [routed({ traefik: { weightedTraefikServiceName: "web" } }), traefik(split())],
    "passes",
  ],
  [
    "a Rollout's TraefikService without the canary",
    [routed({ traefik: { weightedTraefikServiceName: "web" } }), traefik(split().slice(0, 1))],
    "violation",
    /TraefikService web .*its canary version is no destination/,
  ],
  [
    "a Rollout's TraefikService that is elsewhere",
    [routed({ traefik: { weightedTraefikServiceName: "web" } })],
    "not judged",
    /TraefikService web, which is not among/,
  ],
  [
    "a Rollout's HTTPRoute with both",
    [routed({ plugins: { "argoproj-labs/gatewayAPI": { httpRoute: "web" } } }), httpRoute(split())],
    "passes",
  ],
  [
    "a Rollout's HTTPRoute without the stable version",
    [routed({ plugins: { "argoproj-labs/gatewayAPI": { httpRoute: "web" } } }), httpRoute(split().slice(1))],
    "violation",
    /its stable version/,
  ],
  [
    "the second of a Rollout's HTTPRoutes without rules",
    [
      routed({ plugins: { "argoproj-labs/gatewayAPI": { httpRoutes: [{ name: "web" }, { name: "other" }] } } }),
      httpRoute(split()),
      httpRoute([], "other"),
    ],
    "violation",
    /HTTPRoute other .*stable and canary/,
  ],
  [
    "a Rollout's HTTPRoute in another namespace",
    [
      routed({ plugins: { "argoproj-labs/gatewayAPI": { httpRoute: "web", namespace: "routes" } } }),
      httpRoute(split()),
    ],
    "not judged",
  ],
  ["a Rollout's VirtualService with both subsets", [routed(drIstio(), bySubset), virtualService(subsets())], "passes"],
  [
    "a Rollout's VirtualService with another subset",
    [
      routed(drIstio(), bySubset),
      virtualService([subsets()[0], { destination: { host: "web", subset: "next" }, weight: 5 }]),
    ],
    "violation",
    /its canary version/,
  ],
  [
    "a Rollout's VirtualService with the rule that it names",
    [routed(drIstio(["primary"]), bySubset), virtualService(subsets(), "primary")],
    "passes",
  ],
  [
    "a Rollout's VirtualService without the rule that it names",
    [routed(drIstio(["primary"]), bySubset), virtualService(subsets(), "other")],
    "violation",
  ],
  [
    "a Rollout's VirtualService by hosts",
    [routed({ istio: { virtualService: { name: "web" } } }), virtualService(hosts())],
    "passes",
  ],
  [
    "a Rollout's Services that take turns",
    [
      routed(
        { istio: { virtualService: { name: "web" } } },
        {
          stableService: undefined,
          canaryService: undefined,
          pingPong: { pingService: "web", pongService: "web-canary" },
        },
      ),
      virtualService(hosts()),
    ],
    "passes",
  ],
  [
    "a Rollout's rules for TLS",
    [routed({ istio: { virtualService: { name: "web", tlsRoutes: [{ port: 443 }] } } }), virtualService([])],
    "not judged",
    /tlsRoutes/,
  ],
  ["a Rollout's Ingress to its stable Service", [withNginx(), main], "passes"],
  [
    "a Rollout's Ingress to another Service",
    [withNginx(), ingress([path("other")])],
    "violation",
    /no path leads to its stable Service web/,
  ],
  [
    "the second of a Rollout's Ingresses elsewhere",
    [withNginx({ stableIngresses: ["web", "other"] }), main],
    "not judged",
  ],
]);
