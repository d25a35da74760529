import { telemetryOf, type TelemetrySource } from "../../release/metrics/telemetry";
import type { ReleaseSettings } from "../../release/settings";
import {
  asAnchoredRegex,
  asHeader,
  segmentsThatGet,
  type Segment,
  type SegmentRule,
} from "../../release/settings/segments";
import { formatDuration } from "../../release/units";
import type { Described } from "../description";
import type { KubernetesObject } from "../types/kubernetes";
import type { IngressRouteSpec, Route, ServicePort, TraefikServiceSpec, Weighted } from "../types/traefik";
import { metadata } from "../metadata";
import { serviceNames, stableAndCanary } from "../workload";
import { native, refused } from "../support";
import { afterAbort, untilPodsAreGone } from "./afterAbort";
import { selectors } from "./owned";
import { scaledToZero, type Router, type Share } from "./router";

const apiVersion = "traefik.io/v1alpha1";

/**
 * Traefik's own objects: an IngressRoute for the host and the segments, and a TraefikService that holds the weights.
 */
export const traefik: Router = {
  drivers: {
    /** Between releases the canary Service selects the stable pods too, so that its routes may stay. */
    "argo-rollouts": {
      supports: {
        segments: native(untilPodsAreGone),
        never: native(),
        sticky: native("the cookie is given between releases too"),
        mirror: refused("Argo Rollouts mirrors with Istio only"),
        autoscaling: native(),
        "smoke test": native(),
      },
      render: (settings) => {
        const { application } = settings;
        const { stable, canary } = serviceNames(settings);
        return {
          objects: [
            ...stableAndCanary(settings, "by controller"),
            traefikService(settings, { weighted: weighted(settings, 0) }),
            route(settings, "all segments"),
          ],
          owned: [...selectors, { role: "traefik-service", field: "spec.weighted.services", by: "argo-rollouts" }],
          traffic: {
            stableService: stable,
            canaryService: canary,
            trafficRouting: { traefik: { weightedTraefikServiceName: application } },
          },
          weight: { apiVersion, kind: "TraefikService", name: application, path },
          notices: [
            ...afterAbort(settings),
            ...stickyNotice(
              settings,
              (cookie, maxAge) =>
                `${cookie} is given between releases too: who came in the ${maxAge} before a release keeps the stable version until weight 100, and the others alone meet the canary`,
            ),
          ],
        };
      },
    },

    /**
     * Flagger makes the TraefikService, and the Services that it leads to; the one under the application's name always
     * leads to the stable version.
     */
    flagger: {
      supports: {
        segments: scaledToZero,
        never: native(),
        sticky: refused("Flagger writes the TraefikService without a cookie"),
        mirror: refused("Flagger mirrors with Istio only"),
        autoscaling: native(),
        "smoke test": native(),
      },
      render: (settings) => ({
        objects: [route(settings, "those that get stable")],
        provider: "traefik",
        service: {},
        weight: { apiVersion, kind: "TraefikService", name: settings.application, path },
        notices: settings.steps.some(({ weight }) => weight === 100)
          ? [
              "router traefik with controller flagger: at weight 100 the stable version still gets one request in 101: Flagger leaves its weight of 0 out, which Traefik reads as 1",
            ]
          : [],
      }),
    },

    /**
     * Traefik drops all of a TraefikService, and of a route, that names a Service without pods: without a share the
     * canary's is not named.
     */
    pulumi: {
      supports: {
        segments: native(),
        never: native(),
        sticky: native(),
        mirror: native(),
        autoscaling: native(),
        "smoke test": native(),
      },
      render: (settings, share) => ({
        objects: stableAndCanary(settings, "by track"),
        weights: [traefikService(settings, split(settings, share)), route(settings, segmentsAt(share))],
        notices: stickyNotice(
          settings,
          (cookie, maxAge) =>
            `${cookie} is given while the canary has a weight: who still has it from a release in the ${maxAge} before gets the same side of the next one, canary or stable`,
        ),
      }),
    },
  },
};

const path = ["spec", "weighted", "services", 1, "weight"];

function stickyNotice(
  { sticky }: ReleaseSettings,
  words: (cookie: string, maxAge: string) => string,
): readonly string[] {
  return sticky.cookie
    ? [`router traefik: ${words(`sticky.cookie "${sticky.cookie}"`, formatDuration(sticky.maxAge))}`]
    : [];
}

/** How the requests are split that no segment decides on. */
function split(settings: ReleaseSettings, { weight, mirror }: Share): TraefikServiceSpec {
  const { stable, canary } = services(settings);
  if (mirror) return { mirroring: { ...stable, mirrors: [{ ...canary, percent: mirror }] } };
  return { weighted: weight > 0 ? weighted(settings, weight) : { services: [{ ...stable, weight: 100 }] } };
}

function weighted(settings: ReleaseSettings, weight: number): Weighted {
  const { sticky, path: prefix, tlsSecret } = settings;
  const { stable, canary } = services(settings);
  const cookie = {
    name: sticky.cookie,
    maxAge: sticky.maxAge,
    path: prefix,
    httpOnly: true,
    ...(tlsSecret && { secure: true }),
  };
  return {
    services: [
      { ...stable, weight: 100 - weight },
      { ...canary, weight },
    ],
    ...(sticky.cookie && { sticky: { cookie } }),
  };
}

function services(settings: ReleaseSettings): { readonly stable: ServicePort; readonly canary: ServicePort } {
  const { stable, canary } = serviceNames(settings);
  return { stable: { name: stable, port: 80 }, canary: { name: canary, port: 80 } };
}

function traefikService(settings: ReleaseSettings, spec: TraefikServiceSpec): Described {
  const object: KubernetesObject<TraefikServiceSpec> = {
    apiVersion,
    kind: "TraefikService",
    metadata: metadata(settings, settings.application),
    spec,
  };
  return { role: "traefik-service", object };
}

type Routed = "all segments" | "those that get stable" | "no segments";

/** Before the first weight nobody gets the canary; of what those get that never do, no copy is made. */
function segmentsAt({ weight, mirror }: Share): Routed {
  return weight > 0 ? "all segments" : mirror ? "those that get stable" : "no segments";
}

function route(settings: ReleaseSettings, routed: Routed): Described {
  const { application, host, path: prefix, entryPoint, tlsSecret } = settings;
  const object: KubernetesObject<IngressRouteSpec> = {
    apiVersion,
    kind: "IngressRoute",
    metadata: metadata(settings, application),
    spec: {
      entryPoints: [entryPoint],
      routes: routes(settings, `Host(${quoted(host)}) && PathPrefix(${quoted(prefix)})`, routed),
      ...(tlsSecret && { tls: { secretName: tlsSecret } }),
    },
  };
  return { role: "ingress-route", object };
}

/**
 * A route for each kind of segment and one for all other requests. No two match the same request, and all have the
 * priority that the host's route has without segments: a longer path of another IngressRoute on this host stays ahead
 * of them.
 */
function routes(settings: ReleaseSettings, match: string, routed: Routed): readonly Route[] {
  const { stable, canary } = services(settings);
  const never = routed === "no segments" ? "" : anyOf(segmentsThatGet("stable", settings.segments));
  const always = routed === "all segments" ? anyOf(segmentsThatGet("canary", settings.segments)) : "";
  const both: Route["services"] = [{ kind: "TraefikService", name: settings.application }];
  if (!never && !always) return [{ kind: "Rule", match, services: both }];
  const routeTo = (to: Route["services"], ...conditions: string[]): Route => ({
    kind: "Rule",
    match: [match, ...conditions].join(" && "),
    priority: match.length,
    services: to,
  });
  const notNever = never ? [`!${never}`] : [];
  return [
    ...(never ? [routeTo([{ kind: "Service", ...stable }], never)] : []),
    ...(always ? [routeTo([{ kind: "Service", ...canary }], always, ...notNever)] : []),
    routeTo(both, ...notNever, ...(always ? [`!${always}`] : [])),
  ];
}

/** That a request is in one of some segments, in Traefik's words; nothing where there are none. */
function anyOf(segments: readonly Segment[]): string {
  const each = segments.map(({ when }) => when.map(matcher).join(" && "));
  return each.length > 0 ? `(${each.join(" || ")})` : "";
}

function matcher(rule: SegmentRule): string {
  const header = asHeader(rule);
  const name = quoted(header.header);
  if (header.match === "exact") return `Header(${name}, ${quoted(header.value)})`;
  return `HeaderRegexp(${name}, ${quoted(asAnchoredRegex(header))})`;
}

/** Text in Traefik's rules, which are written as Go is; between backticks nothing could stand for a backtick. */
const quoted = (text: string) => JSON.stringify(text);

/** Requests as Traefik counts them, by the Service that its own objects lead to. */
export const traefikRequests: TelemetrySource = ({ namespace, service }) => {
  if (service === undefined)
    return { cannot: "Traefik counts by Service, and here one Service leads to both versions" };
  return telemetryOf({
    requests: "traefik_service_requests_total",
    failed: 'code=~"5.."',
    buckets: "traefik_service_request_duration_seconds_bucket",
    labels: { service: `${namespace}-${service}-80@kubernetescrd` },
  });
};
