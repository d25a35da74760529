import { notKnown } from "../../../../policies/objects/field";
import { budget, canary, deployment, object, podTemplate, rollout, service } from "../objects";
import { judgeTables, type Case } from "../table";

const istio = "networking.istio.io/v1";
const plainService = (name: string, selector: unknown) => object("v1", "Service", { selector }, { name });
const stable = plainService("web", { app: "web", track: "stable" });
const widened = plainService("web", { app: "web" });
const next = plainService("web-canary", { app: "web", track: "canary" });
const ofTrack = (track: string, name = `web-${track}`) =>
  deployment({ template: podTemplate({}, {}, { app: "web", track }) }, name);

const httpRoute = (backendRefs: unknown, name = "web") =>
  object("gateway.networking.k8s.io/v1", "HTTPRoute", { rules: [{ backendRefs }] }, { name }, ["spec.rules"]);
const traefik = (services: unknown) => object("traefik.io/v1alpha1", "TraefikService", { weighted: { services } });
const split = (one: unknown = 95, other: unknown = 5) => [
  { name: "web", port: 80, weight: one },
  { name: "web-canary", port: 80, weight: other },
];
const virtualService = (route: unknown, name?: string) =>
  object(istio, "VirtualService", { http: [{ ...(name && { name }), route }] });
const hosts = (one: unknown = 95, other: unknown = 5) => [
  { destination: { host: "web" }, weight: one },
  { destination: { host: "web-canary" }, weight: other },
];
const subsets = (one: unknown = 95, other: unknown = 5) => [
  { destination: { host: "web", subset: "stable" }, weight: one },
  { destination: { host: "web", subset: "canary" }, weight: other },
];
const destinationRule = (stableLabels: unknown, canaryLabels: unknown, host: unknown = "web") =>
  object(istio, "DestinationRule", {
    host,
    subsets: [
      { name: "stable", labels: stableLabels },
      { name: "canary", labels: canaryLabels },
    ],
  });
const apart = destinationRule({ track: "stable" }, { track: "canary" });

const path = (name: string, at: object = {}) => ({
  path: "/",
  pathType: "Prefix",
  backend: { service: { name, port: { number: 80 } } },
  ...at,
});
const ingress = (
  paths: unknown,
  annotations: Readonly<Record<string, unknown>> = {},
  name = "web",
  host: unknown = "shop.example.com",
) => {
  const prefixed = Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value]),
  );
  return object(
    "networking.k8s.io/v1",
    "Ingress",
    { rules: [{ host, http: { paths } }] },
    { name, annotations: prefixed },
  );
};
const main = ingress([path("web")]);
const weighted = { canary: "true", "canary-weight": "5" };
const canaryIngress = (at: object = {}, annotations: object = weighted, name = "web-canary") =>
  ingress([path("web-canary", at)], { ...annotations }, name);
const annotated = (annotations: object) => [main, canaryIngress({}, annotations)];
const withNginx = (nginx: object = { stableIngress: "web" }) => rollout({ trafficRouting: { nginx } });
const routed = (trafficRouting: object, change: object = {}) => rollout({ trafficRouting, ...change });
const bySubset = { canaryService: undefined, stableService: undefined };
const drIstio = (routes?: string[]) => ({
  istio: {
    virtualService: { name: "web", ...(routes && { routes }) },
    destinationRule: { name: "web", stableSubsetName: "stable", canarySubsetName: "canary" },
  },
});

const cases: Record<string, readonly Case[]> = {
  "versions-apart": [
    ["Services with different tracks", [httpRoute(split()), stable, next], "passes"],
    [
      "a stable Service that was left widened",
      [httpRoute(split()), widened, next],
      "violation",
      /HTTPRoute web .*backendRefs\[1\].*web selects all pods of web-canary/,
    ],
    [
      "a canary's Service that is wider",
      [traefik(split()), stable, plainService("web-canary", { app: "web" })],
      "violation",
      /web-canary selects all pods of web;/,
    ],
    ["equal selectors", [virtualService(hosts()), widened, plainService("web-canary", { app: "web" })], "violation"],
    [
      "equal selectors of Services that a Rollout tells apart",
      [httpRoute(split()), service("web"), service("web-canary"), rollout()],
      "passes",
    ],
    [
      "equal selectors of Services that take turns in a Rollout",
      [
        httpRoute(split()),
        service("web"),
        service("web-canary"),
        rollout({
          stableService: undefined,
          canaryService: undefined,
          pingPong: { pingService: "web", pongService: "web-canary" },
        }),
      ],
      "passes",
    ],
    [
      "equal selectors of Services of which a Rollout names one",
      [httpRoute(split()), service("web"), service("web-canary"), rollout({ canaryService: "other" })],
      "violation",
    ],
    [
      "Services by other labels, with pods that have both",
      [httpRoute(split()), widened, plainService("web-canary", { track: "canary" }), ofTrack("canary")],
      "violation",
      /pods that both select/,
    ],
    [
      "Services by other labels, without such pods",
      [httpRoute(split()), widened, plainService("web-canary", { track: "canary" })],
      "not judged",
      /which pods have both is not known/,
    ],
    [
      "a Service without a selector",
      [httpRoute(split()), plainService("web", undefined), next],
      "not judged",
      /no selector/,
    ],
    [
      "a Service that is elsewhere",
      [httpRoute(split()), stable],
      "not judged",
      /Service web-canary, which is not among/,
    ],
    [
      "the same Service twice",
      [httpRoute([...split().slice(0, 1), ...split().slice(0, 1)]), stable],
      "violation",
      /both versions are web;/,
    ],
    ["one Service", [httpRoute(split().slice(0, 1)), stable], "passes"],
    [
      "a Service by its address in the cluster",
      [
        virtualService([hosts()[0], { destination: { host: "web-canary.default.svc.cluster.local" }, weight: 5 }]),
        widened,
        next,
      ],
      "violation",
    ],
    ["subsets with different tracks", [virtualService(subsets()), widened, apart], "passes"],
    [
      "a stable subset that was left widened",
      [virtualService(subsets()), widened, destinationRule({}, { track: "canary" })],
      "violation",
      /web, subset stable selects all pods/,
    ],
    [
      "equal subsets that a Rollout tells apart",
      [virtualService(subsets()), widened, destinationRule({}, {}), routed(drIstio(), bySubset)],
      "passes",
    ],
    ["a selector that is not known yet", [httpRoute(split()), plainService("web", notKnown), next], "not judged"],
    ["a canary's Ingress with a Service of its own", [main, canaryIngress(), stable, next], "passes"],
    [
      "a canary's Ingress with the main one's Service",
      [main, ingress([path("web")], weighted, "web-canary"), stable],
      "violation",
      /both versions are web;/,
    ],
    [
      "a canary's Ingress beside a widened Service",
      [main, canaryIngress(), widened, next],
      "violation",
      /Ingress web-canary/,
    ],
  ],
  "subsets-match-pods": [
    ["subsets that pods match", [apart, widened, ofTrack("stable"), ofTrack("canary")], "passes"],
    [
      "a label that no pod has",
      [destinationRule({ version: "stable" }, { version: "canary" }), widened, ofTrack("stable")],
      "violation",
      /subsets\[0\]\.labels.*no pod has the label version/,
    ],
    [
      "a value that no pod of two versions has",
      [destinationRule({ track: "stable" }, { track: "canry" }), widened, ofTrack("stable"), ofTrack("canary")],
      "violation",
      /subsets\[1\]\.labels.*no pod has these labels together/,
    ],
    [
      "a version that is not declared yet",
      [apart, widened, ofTrack("stable")],
      "not judged",
      /may be on those of a version that is not declared yet/,
    ],
    [
      "a subset of a Rollout's pods, by the hash",
      [destinationRule({ app: "web" }, { app: "web", "rollouts-pod-template-hash": "abc" }), widened, rollout()],
      "passes",
    ],
    [
      "pods of another Service",
      [apart, plainService("web", { app: "other" }), ofTrack("stable"), ofTrack("canary")],
      "not judged",
    ],
    ["a Service that is elsewhere", [apart], "not judged"],
    ["no subsets", [object(istio, "DestinationRule", { host: "away" })], "passes"],
  ],
  "weighted-destinations": [
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
    ["an HTTPRoute with 19 and 1", [httpRoute(split(19, 1))], "passes"],
    ["an HTTPRoute without weights", [httpRoute(split(undefined, undefined))], "passes"],
    ["an HTTPRoute with 0 and 0", [httpRoute(split(0, 0))], "violation", /sum up to 0; accepted: a sum above 0/],
    ["a TraefikService with 0 and 0", [traefik(split(0, 0))], "violation"],
    ["a TraefikService with 0 and 1", [traefik(split(0, 1))], "passes"],
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
    [
      "a Rollout's VirtualService with both subsets",
      [routed(drIstio(), bySubset), virtualService(subsets())],
      "passes",
    ],
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
  ],
  "canary-ingress": [
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
  ],
  "canary-annotations": [
    ["a weight", annotated(weighted), "passes"],
    ["canary alone", annotated({ canary: "true" }), "violation", /nothing says which requests the canary gets/],
    ["canary with an empty weight", annotated({ canary: "true", "canary-weight": "" }), "violation"],
    ["a cookie", annotated({ canary: "true", "canary-by-cookie": "next" }), "passes"],
    [
      "a weight without canary",
      annotated({ "canary-weight": "5" }),
      "violation",
      /canary-weight: does nothing without/,
    ],
    [
      "a header without canary",
      annotated({ canary: "false", "canary-by-header": "next" }),
      "violation",
      /does nothing/,
    ],
    [
      "a weight above 100",
      annotated({ canary: "true", "canary-weight": "101" }),
      "violation",
      /the weight is 101 of 100/,
    ],
    [
      "a weight above 100 of 1000",
      annotated({ canary: "true", "canary-weight": "101", "canary-weight-total": "1000" }),
      "passes",
    ],
    [
      "a weight above its total",
      annotated({ canary: "true", "canary-weight": "300", "canary-weight-total": "200" }),
      "violation",
    ],
    ["a part of a weight", annotated({ canary: "true", "canary-weight": "0.5" }), "violation"],
    [
      "a header's value never, which sends it to the canary",
      annotated({ ...weighted, "canary-by-header": "next", "canary-by-header-value": "never" }),
      "violation",
      /requests with the value never get the canary/,
    ],
    [
      "a header's value always, beside which never means nothing",
      annotated({ ...weighted, "canary-by-header": "next", "canary-by-header-value": "always" }),
      "violation",
    ],
    [
      "a header with a value",
      annotated({ ...weighted, "canary-by-header": "next", "canary-by-header-value": "yes" }),
      "passes",
    ],
    [
      "a header's value without a header",
      annotated({ ...weighted, "canary-by-header-value": "yes" }),
      "violation",
      /does nothing without canary-by-header/,
    ],
    [
      "a value and a pattern",
      annotated({
        ...weighted,
        "canary-by-header": "next",
        "canary-by-header-value": "yes",
        "canary-by-header-pattern": "y.*",
      }),
      "violation",
      /not looked at beside/,
    ],
    ["an Ingress without annotations", [main], "passes"],
    ["a weight that is not known yet", annotated({ canary: "true", "canary-weight": notKnown }), "not judged"],
  ],
  "shared-upstream": [
    [
      "another host with the same Service and port",
      [main, canaryIngress(), ingress([path("web")], {}, "admin", "admin.example.com")],
      "violation",
      /Ingress web-canary spec: admin\.example\.com\/ leads to Service web, port 80 too/,
    ],
    [
      "another path with the same Service",
      [ingress([path("web"), path("web", { path: "/admin" })]), canaryIngress()],
      "violation",
      /shop\.example\.com\/admin leads/,
    ],
    [
      "another host with another port",
      [
        main,
        canaryIngress(),
        ingress(
          [path("web", { backend: { service: { name: "web", port: { number: 81 } } } })],
          {},
          "admin",
          "admin.example.com",
        ),
      ],
      "passes",
    ],
    [
      "another host with another Service",
      [main, canaryIngress(), ingress([path("admin")], {}, "admin", "admin.example.com")],
      "passes",
    ],
    [
      "another path that the canary names too",
      [
        ingress([path("web"), path("web", { path: "/admin" })]),
        ingress([path("web-canary"), path("web-canary", { path: "/admin" })], weighted, "web-canary"),
      ],
      "passes",
    ],
    [
      "another host with a canary of its own, which is one for both",
      [
        main,
        canaryIngress(),
        ingress([path("web")], {}, "b", "b.example.com"),
        ingress([path("web-canary")], weighted, "b-canary", "b.example.com"),
      ],
      "violation",
    ],
    [
      "a Rollout's Ingress beside another to its stable Service",
      [withNginx(), main, ingress([path("web")], {}, "admin", "admin.example.com")],
      "violation",
      /Rollout web .*admin\.example\.com/,
    ],
    [
      "a Rollout's Ingresses",
      [
        withNginx({ stableIngresses: ["web", "admin"] }),
        main,
        ingress([path("web")], {}, "admin", "admin.example.com"),
      ],
      "passes",
    ],
    ["a Rollout's Ingress that is elsewhere", [withNginx()], "not judged"],
  ],
  "retired-router": [
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
  ],
};

judgeTables(cases);
