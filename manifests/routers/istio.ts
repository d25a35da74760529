import { telemetryOf, type SeriesLabels, type TelemetrySource } from "../../release/metrics/telemetry";
import type { ReleaseSettings } from "../../release/settings";
import { asHeader, asRegex, cookieMatching, segmentsThatGet, type HeaderRule } from "../../release/settings/segments";
import type { Described } from "../description";
import { native } from "../support";
import type { HeaderRouteMatch } from "../types/argoRollouts";
import type {
  DestinationRuleSpec,
  HttpMatch,
  HttpRoute,
  StringMatch,
  TrafficPolicy,
  VirtualServiceSpec,
} from "../types/istio";
import type { KubernetesObject } from "../types/kubernetes";
import { metadata, selectorLabels, trackLabels, type Track } from "../metadata";
import { serviceNames, serviceOverBoth, stableAndCanary } from "../workload";
import { selectors } from "./owned";
import { hasSmokeTest } from "../smokeTest";
import { headersOf, namesHeaderTwice, pinOf, refuseSegments, setCookie, tokenOf } from "./headers";
import { affinityNotices, refuseBesideSticky, routesBeforeWeights, sessionAffinity } from "./flaggerAnalysis";
import { scaledToZero, type Router, type Share } from "./router";

const apiVersion = "networking.istio.io/v1";
const eachHeaderOnce = native("each header once in a segment");

/**
 * A VirtualService for the host that delegates to one that holds nothing but the weights, between two subsets of one
 * Service.
 */
export const istio: Router = {
  drivers: {
    /**
     * The canary's subset keeps the hash of an aborted version, so that only routes that the controller takes away may
     * lead to it.
     */
    "argo-rollouts": {
      supports: {
        segments: native("one header or cookie each"),
        never: eachHeaderOnce,
        sticky: native("the cookie is given between releases too"),
        mirror: native(),
        autoscaling: native(),
        "smoke test": native(),
      },
      render: (settings) => {
        refuseSegments(settings, (segment) =>
          segment.gets === "stable"
            ? namesHeaderTwice(segment)
            : segment.when.length > 1 && "Argo Rollouts routes by one header at a time",
        );
        const { application, sticky } = settings;
        const name = weightsName(settings);
        return {
          objects: [
            serviceOverBoth(settings),
            ...testedService(settings, "by controller"),
            destinationRule(settings, "by controller"),
            weightsOf(settings, [primary(settings, { weight: 0 })]),
            virtualService(
              settings,
              application,
              name,
              aheadOfArgo(settings),
              sticky.cookie ? { headers: { response: { add: giveCookie(settings, subsetCookie(settings)) } } } : {},
            ),
          ],
          owned: [
            { role: "destination-rule", field: "spec.subsets", by: "argo-rollouts" },
            { role: "weights", field: "spec.http", by: "argo-rollouts" },
            ...(hasSmokeTest(settings) ? selectors.filter(({ role }) => role === "canary-service") : []),
          ],
          traffic: {
            trafficRouting: {
              istio: {
                virtualService: { name, routes: [routeName] },
                destinationRule: { name: application, stableSubsetName: "stable", canarySubsetName: "canary" },
              },
            },
          },
          toCanary: toCanary(settings).map(headerRouteMatch),
          weight: { apiVersion, kind: "VirtualService", name, path },
          notices: argoNotices(settings),
        };
      },
    },

    /**
     * Flagger makes the VirtualService with the weights, under the application's name, and a DestinationRule for each
     * version.
     */
    flagger: {
      supports: {
        segments: scaledToZero,
        never: eachHeaderOnce,
        sticky: native("a user of the stable version keeps it for an interval"),
        mirror: native("for one interval"),
        autoscaling: native(),
        "smoke test": native(),
      },
      render: (settings) => {
        refuseSegments(settings, namesHeaderTwice);
        const { application, steps } = settings;
        const match = segmentMatches(settings, "stable");
        const toPrimary: HttpRoute = {
          name: "to-stable",
          match,
          route: [{ destination: { host: `${application}-primary` } }],
        };
        const mirror = steps[0]?.mirror;
        refuseBesideSticky(
          settings,
          mirror !== undefined && "steps[0].mirror",
          "Flagger mirrors on the route of an earlier release's cookie alone",
        );
        return {
          objects: [virtualService(settings, `${application}-host`, application, match.length > 0 ? [toPrimary] : [])],
          provider: "istio",
          service: { delegation: true, trafficPolicy },
          analysis: { ...sessionAffinity(settings), ...(mirror && { mirror: true, mirrorWeight: mirror }) },
          weight: {
            apiVersion,
            kind: "VirtualService",
            name: application,
            path: ["spec", "http", routesBeforeWeights(settings), "route", 1, "weight"],
          },
          notices: affinityNotices(settings),
        };
      },
    },

    pulumi: {
      supports: {
        segments: eachHeaderOnce,
        never: eachHeaderOnce,
        sticky: native(),
        mirror: native(),
        autoscaling: native(),
        "smoke test": native(),
      },
      render: (settings, share) => {
        refuseSegments(settings, namesHeaderTwice);
        return {
          objects: [
            serviceOverBoth(settings),
            ...testedService(settings, "by track"),
            destinationRule(settings, "by track"),
            virtualService(settings, settings.application, weightsName(settings)),
          ],
          weights: [weightsOf(settings, routesAt(settings, share))],
        };
      },
    },
  },
};

const routeName = "primary";
const path = ["spec", "http", 0, "route", 1, "weight"];
const weightsName = ({ application }: ReleaseSettings) => `${application}-weights`;

/** Where a smoke test reaches the canary alone: users' requests go by subset. */
function testedService(settings: ReleaseSettings, select: "by track" | "by controller"): readonly Described[] {
  return hasSmokeTest(settings)
    ? stableAndCanary(settings, select).filter(({ role }) => role === "canary-service")
    : [];
}

/** A pod that fails five requests in a row gets none for half a minute; never more than half of the pods at once. */
const trafficPolicy: TrafficPolicy = {
  outlierDetection: { consecutive5xxErrors: 5, interval: "10s", baseEjectionTime: "30s", maxEjectionPercent: 50 },
};

/**
 * Subsets are told apart by track; where a controller does it, it adds the hash of one version to the labels of each.
 */
function destinationRule(settings: ReleaseSettings, select: "by track" | "by controller"): Described {
  const subset = (track: Track) => ({
    name: track,
    labels: { ...selectorLabels(settings), ...trackLabels(select === "by track" ? track : undefined) },
  });
  const object: KubernetesObject<DestinationRuleSpec> = {
    apiVersion,
    kind: "DestinationRule",
    metadata: metadata(settings, settings.application),
    spec: {
      host: serviceNames(settings).stable,
      subsets: [subset("stable"), subset("canary")],
      trafficPolicy: { ...trafficPolicy, ...keepPod(settings) },
    },
  };
  return { role: "destination-rule", object };
}

/** A version's subset hashes a cookie to one of its pods; which version a user gets is decided before. */
function keepPod({ sticky, path }: ReleaseSettings): Pick<TrafficPolicy, "loadBalancer"> {
  if (!sticky.cookie) return {};
  return {
    loadBalancer: { consistentHash: { httpCookie: { name: `${sticky.cookie}-pod`, path, ttl: `${sticky.maxAge}s` } } },
  };
}

/** The routes at a share, the first that matches wins: without a weight none leads to the canary. */
function routesAt(settings: ReleaseSettings, share: Share): readonly HttpRoute[] {
  const { weight } = share;
  const pinned = (version: Track) => (settings.sticky.cookie ? [matchOf([asHeader(pinOf(settings, version))])] : []);
  const inFlight = () => [
    ...routeTo(settings, "canary", "to-canary", [...segmentMatches(settings, "canary"), ...pinned("canary")]),
    ...(weight < 100 ? routeTo(settings, "stable", "stay-stable", pinned("stable")) : []),
  ];
  return [
    ...routeTo(settings, "stable", "to-stable", segmentMatches(settings, "stable")),
    ...(weight > 0 ? inFlight() : []),
    primary(settings, share),
  ];
}

/**
 * The split by weight, which gives a user the cookie of the version that he got, or a copy of requests to the canary.
 */
function primary(settings: ReleaseSettings, { weight, mirror }: Share): HttpRoute {
  const gives = (version: Track) =>
    weight > 0 &&
    settings.sticky.cookie && { headers: { response: { add: giveCookie(settings, pinOf(settings, version).value) } } };
  return {
    name: routeName,
    route: [
      { destination: subsetOf(settings, "stable"), weight: 100 - weight, ...gives("stable") },
      { destination: subsetOf(settings, "canary"), weight, ...gives("canary") },
    ],
    ...(mirror && { mirror: subsetOf(settings, "canary"), mirrorPercentage: { value: mirror } }),
  };
}

const subsetOf = (settings: ReleaseSettings, subset: Track) => ({ host: serviceNames(settings).stable, subset });

function routeTo(
  settings: ReleaseSettings,
  version: Track,
  name: string,
  match: readonly HttpMatch[],
): readonly HttpRoute[] {
  return match.length > 0 ? [{ name, match, route: [{ destination: subsetOf(settings, version) }] }] : [];
}

const segmentMatches = ({ segments }: ReleaseSettings, version: Track) =>
  segmentsThatGet(version, segments).map((segment) => matchOf(headersOf(segment)));

function matchOf(rules: readonly HeaderRule[]): HttpMatch {
  return { headers: Object.fromEntries(rules.map((rule) => [rule.header, stringMatch(rule)])) };
}

const stringMatch = ({ match, value }: HeaderRule) => ({ [match]: value }) as StringMatch;

/** What Argo Rollouts itself leads to the canary: its segments, and who was given it. */
function toCanary(settings: ReleaseSettings): readonly HeaderRule[] {
  return [
    ...segmentsThatGet("canary", settings.segments).flatMap(headersOf),
    ...(settings.sticky.cookie ? [answeredBy(settings, "canary")] : []),
  ];
}

const headerRouteMatch = (rule: HeaderRule): HeaderRouteMatch => ({
  headerName: rule.header,
  headerValue: stringMatch(rule),
});

function argoNotices(settings: ReleaseSettings): readonly string[] {
  const pair = "router istio with controller argo-rollouts";
  const { cookie } = settings.sticky;
  return [
    ...(toCanary(settings).length > 0
      ? [
          `${pair}: should none of the canary's pods be ready for a moment, segments and users that get the canary are split by weight for the rest of the release`,
        ]
      : []),
    ...(cookie
      ? [
          `${pair}: sticky.cookie "${cookie}" is given between releases too: who asks before the first weight, or while requests are mirrored, keeps the stable version until the promotion; its value names the Service`,
        ]
      : []),
  ];
}

/**
 * Routes to the stable version in a VirtualService that is ours: what Argo Rollouts leads to the canary passes them by.
 */
function aheadOfArgo(settings: ReleaseSettings): readonly HttpRoute[] {
  const pinned = settings.sticky.cookie
    ? [
        {
          ...matchOf([answeredBy(settings, "stable")]),
          withoutHeaders: noneOf(segmentsThatGet("canary", settings.segments).flatMap(headersOf)),
        },
      ]
    : [];
  return [
    ...routeTo(settings, "stable", "to-stable", segmentMatches(settings, "stable")),
    ...routeTo(settings, "stable", "stay-stable", pinned),
  ];
}

/** A match that fails where one of the rules holds; each header once. */
function noneOf(rules: readonly HeaderRule[]): Readonly<Record<string, StringMatch>> {
  const headers = [...new Set(rules.map(({ header }) => header))];
  const any = (header: string) =>
    rules
      .filter((rule) => rule.header === header)
      .map((rule) => `(${asRegex(rule)})`)
      .join("|");
  return Object.fromEntries(headers.map((header) => [header, { regex: any(header) }]));
}

/**
 * The weights' VirtualService is Argo Rollouts' own, so that the cookie is set ahead of it, by the name of the subset
 * that answered.
 */
/** Envoy reads a header's value as a format string, in which a % begins the name of a value. */
const giveCookie = (settings: ReleaseSettings, value: string) =>
  setCookie(settings, value, (text) => text.replaceAll("%", "%%"));

const subsetCookie = (settings: ReleaseSettings) => `${tokenOf(settings)}-%UPSTREAM_CLUSTER%`;

/**
 * Envoy's name of a subset is "outbound|80|canary|shop.default.svc.cluster.local;", of which a cookie's value ends
 * before the semicolon.
 */
function answeredBy(settings: ReleaseSettings, version: Track): HeaderRule {
  return cookieMatching(settings.sticky.cookie, `${tokenOf(settings)}-[^;]*\\|${version}\\|[^;]*`);
}

function weightsOf(settings: ReleaseSettings, http: readonly HttpRoute[]): Described {
  const object: KubernetesObject<VirtualServiceSpec> = {
    apiVersion,
    kind: "VirtualService",
    metadata: metadata(settings, weightsName(settings)),
    spec: { http },
  };
  return { role: "weights", object };
}

/** Host and path, and the routes ahead of those that are delegated. */
function virtualService(
  settings: ReleaseSettings,
  name: string,
  delegate: string,
  ahead: readonly HttpRoute[] = [],
  given: Pick<HttpRoute, "headers"> = {},
): Described {
  const { host, path: prefix, gateway, namespace } = settings;
  const object: KubernetesObject<VirtualServiceSpec> = {
    apiVersion,
    kind: "VirtualService",
    metadata: metadata(settings, name),
    spec: {
      hosts: [host],
      gateways: [gateway.namespace ? `${gateway.namespace}/${gateway.name}` : gateway.name],
      http: [
        ...ahead.map((route) => ({
          ...route,
          match: (route.match ?? [{}]).map((match) => ({ uri: { prefix }, ...match })),
        })),
        { match: [{ uri: { prefix } }], ...given, delegate: { name: delegate, namespace } },
      ],
    },
  };
  return { role: "virtual-service", object };
}

/** Requests as Istio's proxies count them at their source, by the Service or the workload that they went to. */
export const istioRequests: TelemetrySource = ({ namespace, service, workload }) => {
  const destination: SeriesLabels | undefined = service
    ? { destination_service_name: service }
    : workload
      ? { destination_workload: workload }
      : undefined;
  if (destination === undefined)
    return { cannot: "Istio counts by Service or workload, and here both versions have the same" };
  return telemetryOf({
    requests: "istio_requests_total",
    failed: 'response_code=~"5.."',
    buckets: "istio_request_duration_milliseconds_bucket",
    unitsPerSecond: 1000,
    labels: { reporter: "source", destination_service_namespace: namespace, ...destination },
  });
};
