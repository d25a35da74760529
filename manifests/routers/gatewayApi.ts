import type { ReleaseSettings } from "../../release/settings";
import { asAnchoredRegex, asHeader, segmentsThatGet, type HeaderRule } from "../../release/settings/segments";
import type { Described, WeightField } from "../description";
import { cannot, Incompatible, native, refused } from "../support";
import type {
  BackendReference,
  HttpRouteMatch,
  HttpRouteRule,
  HttpRouteSpec,
  ParentReference,
} from "../types/gatewayApi";
import type { KubernetesObject } from "../types/kubernetes";
import { metadata, type Track } from "../metadata";
import { serviceNames, stableAndCanary } from "../workload";
import { affinityNotices, refuseBesideSticky, routesBeforeWeights, sessionAffinity } from "./flaggerAnalysis";
import { headersOf, namesHeaderTwice, pinOf, refuseFormats, refuseSegments, setCookie } from "./headers";
import { selectors } from "./owned";
import { scaledToZero, type Router, type Share } from "./router";

const apiVersion = "gateway.networking.k8s.io/v1";
const byHeaders = native("each header once in a segment; regular expressions where the Gateway has them");

/**
 * An HTTPRoute with weights, attached to a Gateway or to a Service: Istio, Envoy Gateway, Traefik, Cilium and Linkerd
 * read it.
 */
export const gatewayApi: Router = {
  drivers: {
    /**
     * Argo Rollouts needs its plugin argoproj-labs/gatewayAPI, and keeps all rules of its HTTPRoute: segments have one
     * of their own. Between releases and after an abort the canary Service selects the stable pods, so that it may
     * stay.
     */
    "argo-rollouts": {
      supports: {
        segments: byHeaders,
        never: byHeaders,
        sticky: refused("its plugin keeps the rule that would give each release's cookie"),
        mirror: refused("only the latest versions of its plugin mirror"),
        autoscaling: native(),
        "smoke test": native(),
      },
      render: (settings) => {
        refuseSegments(settings, namesHeaderTwice);
        const { application, namespace, segments } = settings;
        const { stable, canary } = serviceNames(settings);
        const segmentsRoute = httpRoute(settings, "segments-route", `${application}-segments`, [
          ...neverRules(settings),
          ...alwaysRules(settings),
        ]);
        return {
          objects: [
            ...stableAndCanary(settings, "by controller"),
            httpRoute(settings, "http-route", application, [weighted(settings, { weight: 0 })]),
            ...(segments.length > 0 ? [segmentsRoute] : []),
          ],
          owned: [...selectors, { role: "http-route", field: "spec.rules", by: "argo-rollouts" }],
          traffic: {
            stableService: stable,
            canaryService: canary,
            trafficRouting: { plugins: { "argoproj-labs/gatewayAPI": { httpRoute: application, namespace } } },
          },
          weight: weightIn(settings),
        };
      },
    },

    /**
     * Flagger makes the HTTPRoute, and the Services that it leads to; the one under the application's name always leads
     * to the stable version.
     */
    flagger: {
      supports: {
        segments: scaledToZero,
        never: byHeaders,
        sticky: native("a user of the stable version keeps it for an interval"),
        mirror: refused("Flagger mirrors with Istio only, unless it does without weights"),
        autoscaling: native(),
        "smoke test": native(),
      },
      render: (settings) => {
        refuseSegments(settings, namesHeaderTwice);
        const { application, segments, host, path } = settings;
        refuseBesideSticky(
          settings,
          segments.length > 0 && "segments",
          "a request with both the segment's header and the cookie has no route that is ahead of the other",
        );
        const weight = {
          ...weightIn(settings),
          path: ["spec", "rules", routesBeforeWeights(settings), "backendRefs", 1, "weight"],
        };
        return {
          objects:
            segments.length > 0
              ? [httpRoute(settings, "segments-route", `${application}-segments`, neverRules(settings))]
              : [],
          provider: "gatewayapi:v1",
          service: { gatewayRefs: [parentOf(settings)], hosts: [host], match: [{ uri: { prefix: path } }] },
          analysis: sessionAffinity(settings),
          weight,
          notices: affinityNotices(settings),
        };
      },
    },

    pulumi: {
      supports: {
        segments: byHeaders,
        never: byHeaders,
        sticky: native("where the Gateway has filters of a backend's answers"),
        mirror: native("where the Gateway mirrors a share of the requests"),
        autoscaling: native(),
        "smoke test": native(),
      },
      render: (settings, share) => {
        refuseSegments(settings, namesHeaderTwice);
        refuseFormats(
          settings,
          "a Gateway made of Envoy may read the cookie's header as a format",
          settings.sticky.cookie,
          settings.path,
        );
        return {
          objects: stableAndCanary(settings, "by track"),
          weights: [httpRoute(settings, "http-route", settings.application, rulesAt(settings, share))],
          notices: extendedFeatures(settings),
        };
      },
    },
  },
};

/** What an HTTPRoute asks of its Gateway beyond the core of the Gateway API. */
function extendedFeatures({ steps, sticky }: ReleaseSettings): readonly string[] {
  const [first] = steps;
  return [
    ...(sticky.cookie
      ? [
          `router gateway-api: sticky.cookie "${sticky.cookie}" is set by a filter of a backend's answers; see that the Gateway's implementation has it (Traefik 3.7 does): one that does not refuses the route`,
        ]
      : []),
    ...(first?.mirror
      ? [
          `router gateway-api: steps[0].mirror needs HTTPRouteRequestPercentageMirror among status.supportedFeatures of the Gateway's class: one without it may answer every request with an error (Traefik 3.7 does)`,
        ]
      : []),
  ];
}

const weightIn = ({ application }: ReleaseSettings): WeightField => ({
  apiVersion,
  kind: "HTTPRoute",
  name: application,
  path: weightPath,
});

const weightPath = ["spec", "rules", 0, "backendRefs", 1, "weight"];

function parentOf({ gateway }: ReleaseSettings): ParentReference {
  const group = gateway.kind === "Service" ? "" : "gateway.networking.k8s.io";
  return { group, kind: gateway.kind, name: gateway.name, ...(gateway.namespace && { namespace: gateway.namespace }) };
}

function httpRoute(
  settings: ReleaseSettings,
  role: "http-route" | "segments-route",
  name: string,
  rules: readonly HttpRouteRule[],
): Described {
  refuseTooLarge(settings, rules);
  const object: KubernetesObject<HttpRouteSpec> = {
    apiVersion,
    kind: "HTTPRoute",
    metadata: metadata(settings, name),
    spec: { parentRefs: [parentOf(settings)], hostnames: [settings.host], rules },
  };
  return { role, object };
}

/** What a list in an HTTPRoute has room for. */
const most = { rule: 64, route: 128, match: 16 };

function refuseTooLarge(settings: ReleaseSettings, rules: readonly HttpRouteRule[]): void {
  const matches = rules.map((rule) => rule.matches?.length ?? 0);
  const headers = rules.flatMap((rule) => rule.matches?.map((match) => match.headers?.length ?? 0) ?? []);
  const all = matches.reduce((sum, count) => sum + count, 0);
  if (Math.max(...matches) <= most.rule && all <= most.route && Math.max(...headers) <= most.match) return;
  const why = `an HTTPRoute takes ${most.rule} matches in a rule, ${most.route} in all and ${most.match} headers in a match, and these segments need ${Math.max(...matches)}, ${all} and ${Math.max(...headers)}`;
  throw new Incompatible([cannot(`segments = (${settings.segments.length} items)`, settings, why)]);
}

/** The rules at a share: without a weight none leads to the canary. */
function rulesAt(settings: ReleaseSettings, share: Share): readonly HttpRouteRule[] {
  const pinned = (version: Track) =>
    ruleTo(settings, version, settings.sticky.cookie ? [[asHeader(pinOf(settings, version))]] : []);
  const inFlight = () => [
    ...alwaysRules(settings),
    ...pinned("canary"),
    ...(share.weight < 100 ? pinned("stable") : []),
  ];
  return [...neverRules(settings), ...(share.weight > 0 ? inFlight() : []), weighted(settings, share)];
}

function alwaysRules(settings: ReleaseSettings): readonly HttpRouteRule[] {
  return ruleTo(settings, "canary", segmentsThatGet("canary", settings.segments).map(headersOf));
}

/**
 * The match that names the most headers wins, wherever it stands: a segment that never gets the canary is matched once
 * more for each that always does and names more, with as many headers.
 */
function neverRules(settings: ReleaseSettings): readonly HttpRouteRule[] {
  const always = segmentsThatGet("canary", settings.segments).map(headersOf);
  const never = segmentsThatGet("stable", settings.segments).map(headersOf);
  const both = never.flatMap((rules) =>
    always
      .filter((others) => others.length > rules.length)
      .map((others) => [...rules, ...others.filter(({ header }) => rules.every((rule) => rule.header !== header))]),
  );
  return ruleTo(settings, "stable", [...never, ...both]);
}

function ruleTo(
  settings: ReleaseSettings,
  version: Track,
  matches: readonly (readonly HeaderRule[])[],
): readonly HttpRouteRule[] {
  return matches.length > 0
    ? [{ matches: matches.map((rules) => matchOf(settings, rules)), backendRefs: [backend(settings, version)] }]
    : [];
}

/** There is no prefix of a header's value, and some implementations look for a regular expression anywhere in it. */
function matchOf({ path }: ReleaseSettings, rules: readonly HeaderRule[]): HttpRouteMatch {
  const headers = rules.map((rule) => {
    const exact = rule.match === "exact";
    return {
      type: exact ? ("Exact" as const) : ("RegularExpression" as const),
      name: rule.header,
      value: exact ? rule.value : asAnchoredRegex(rule),
    };
  });
  return { path: { type: "PathPrefix", value: path }, ...(headers.length > 0 && { headers }) };
}

/**
 * The split by weight, which gives a user the cookie of the version that he got, or a copy of requests to the canary.
 */
function weighted(settings: ReleaseSettings, { weight, mirror }: Share): HttpRouteRule {
  const gives = (version: Track): Pick<BackendReference, "filters"> => {
    if (weight === 0 || !settings.sticky.cookie) return {};
    const add = Object.entries(setCookie(settings, pinOf(settings, version).value)).map(([name, value]) => ({
      name,
      value,
    }));
    return { filters: [{ type: "ResponseHeaderModifier", responseHeaderModifier: { add } }] };
  };
  return {
    matches: [matchOf(settings, [])],
    ...(mirror && {
      filters: [{ type: "RequestMirror", requestMirror: { backendRef: backend(settings, "canary"), percent: mirror } }],
    }),
    backendRefs: [
      { ...backend(settings, "stable"), weight: 100 - weight, ...gives("stable") },
      { ...backend(settings, "canary"), weight, ...gives("canary") },
    ],
  };
}

const backend = (settings: ReleaseSettings, version: Track) => ({ name: serviceNames(settings)[version], port: 80 });
