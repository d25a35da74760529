import { notKnown } from "../../../../../policies/objects/input";
import { rollout, service } from "../../objects";
import { judgeTable } from "../../table";
import {
  apart,
  bySubset,
  canaryIngress,
  destinationRule,
  drIstio,
  hosts,
  httpRoute,
  ingress,
  main,
  ofTrack,
  path,
  plainService,
  routed,
  split,
  subsets,
  traefik,
  virtualService,
  weighted,
  widened,
} from "./objects";

const stable = plainService("web", { app: "web", track: "stable" });
const next = plainService("web-canary", { app: "web", track: "canary" });

judgeTable("versions-apart", [
  [
    "more destinations than are compared with each other",
    [httpRoute(Array.from({ length: 17 }, () => ({ name: "web", weight: 1 }))), stable],
    "not judged",
    /backendRefs: has 17 destinations; known here: up to 16/,
  ],
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
  ["a Service that is elsewhere", [httpRoute(split()), stable], "not judged", /Service web-canary, which is not among/],
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
]);
