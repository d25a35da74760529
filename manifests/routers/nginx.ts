import { telemetryOf, type TelemetrySource } from "../../release/metrics/telemetry";
import type { ReleaseSettings } from "../../release/settings";
import {
  asAnchoredRegex,
  segmentsThatGet,
  type CookieRule,
  type HeaderRule,
  type Segment,
  type SegmentRule,
} from "../../release/settings/segments";
import { formatDuration } from "../../release/units";
import type { WeightField } from "../description";
import { cannot, native, refused, Incompatible } from "../support";
import type { Labels } from "../types/kubernetes";
import { serviceNames, stableAndCanary } from "../workload";
import { afterAbort, untilPodsAreGone } from "./afterAbort";
import { refuseSegments } from "./headers";
import { ingress } from "./ingress";
import { selectors } from "./owned";
import type { Router } from "./router";

const apiVersion = "networking.k8s.io/v1";
const annotations = "nginx.ingress.kubernetes.io";
const annotation = `${annotations}/canary-weight`;
const noMirror = refused("ingress-nginx's canary annotations do not mirror");
const overwrites = refused("Flagger writes the canary Ingress anew at each step, without header and cookie");

const limits = "one header, and one cookie whose value is always";
const canOfAnnotations = {
  segments: native(limits),
  never: native("a header or cookie whose value is never"),
  sticky: native("without segments; tried with Traefik, not with ingress-nginx itself"),
  mirror: noMirror,
  autoscaling: native(),
  "smoke test": native(),
} as const;

/** Ingress objects with ingress-nginx's canary annotations, which Traefik 3.7 and later reads too. */
export const nginx: Router = {
  notice:
    "router nginx: the project ingress-nginx was retired in March 2026; Traefik 3.7 and later reads the same annotations (its provider kubernetesIngressNGINX), and router gateway-api works with most others",
  drivers: {
    /**
     * Argo Rollouts creates `<rollout>-<ingress>-canary` beside the Ingress, and keeps the weight there: no field of
     * ours is written.
     */
    "argo-rollouts": {
      supports: { ...canOfAnnotations, segments: native(`${limits}; ${untilPodsAreGone}`) },
      render: (settings) => {
        refusePath(settings);
        refuseAudience(settings);
        const { application } = settings;
        const { stable, canary } = serviceNames(settings);
        const canaryIngressAnnotations = { ...noAudience, ...audience(settings) };
        return {
          objects: [
            ...stableAndCanary(settings, "by controller"),
            { role: "ingress", object: ingress(settings, application, stable, affinity(settings)) },
          ],
          owned: selectors,
          traffic: {
            stableService: stable,
            canaryService: canary,
            trafficRouting: { nginx: { stableIngress: application, canaryIngressAnnotations } },
          },
          weight: weightIn(`${application}-${application}-canary`),
          notices: [
            ...wordNotices(settings),
            ...afterAbort(settings),
            ...stickyNotices(
              settings,
              (maxAge) =>
                `between releases too: who came in the ${maxAge} before a release keeps the stable version; with ingress-nginx itself, who got a canary gets the next one from its first pod on, and an aborted one until its pods are gone`,
            ),
          ],
        };
      },
    },

    /** Flagger makes `<ingress>-canary` beside the Ingress. */
    flagger: {
      supports: {
        segments: overwrites,
        never: overwrites,
        sticky: refused("Flagger copies annotations to the canary Ingress only when it makes that"),
        mirror: noMirror,
        autoscaling: native(),
        "smoke test": native(),
      },
      render: (settings) => {
        refusePath(settings);
        const { application } = settings;
        const { stable, canary } = serviceNames(settings);
        return {
          objects: [{ role: "ingress", object: ingress(settings, application, stable) }],
          provider: "nginx",
          ingressRef: { apiVersion, kind: "Ingress", name: application },
          service: {},
          weight: weightIn(canary),
        };
      },
    },

    /** Without a weight nobody is kept with a version, and nobody is sent to the canary, which may have no pods. */
    pulumi: {
      supports: canOfAnnotations,
      render: (settings, { weight }) => {
        refusePath(settings);
        refuseAudience(settings);
        const { stable, canary } = serviceNames(settings);
        const canaryAnnotations = {
          [`${annotations}/canary`]: "true",
          [annotation]: `${weight}`,
          ...(weight > 0 && audience(settings)),
        };
        return {
          objects: stableAndCanary(settings, "by track"),
          weights: [
            {
              role: "ingress",
              object: ingress(settings, settings.application, stable, weight > 0 ? affinity(settings) : {}),
            },
            { role: "canary-ingress", object: ingress(settings, canary, canary, canaryAnnotations) },
          ],
          notices: [
            ...wordNotices(settings),
            ...stickyNotices(
              settings,
              (maxAge) => `while the canary has a weight, and holds for another release begun within ${maxAge} too`,
            ),
          ],
        };
      },
    },
  },
};

const weightIn = (name: string): WeightField => ({
  apiVersion,
  kind: "Ingress",
  name,
  path: ["metadata", "annotations", annotation],
});

const byHeader = `${annotations}/canary-by-header`;
const byValue = `${annotations}/canary-by-header-value`;
const byPattern = `${annotations}/canary-by-header-pattern`;
const byCookie = `${annotations}/canary-by-cookie`;

/**
 * Argo Rollouts takes no annotation away that it once wrote, and ingress-nginx and Traefik read an empty one as none.
 */
const noAudience: Labels = { [byHeader]: "", [byValue]: "", [byPattern]: "", [byCookie]: "" };

/** Whom the canary Ingress takes, and whom it leaves, before the weight. */
function audience({ segments }: ReleaseSettings): Labels {
  const { header, headerWords, cookie } = asked(segments);
  return {
    ...(header && { [byHeader]: header.header, ...(!headerWords && valueOf(header)) }),
    ...(cookie && { [byCookie]: cookie.cookie }),
  };
}

function valueOf(rule: HeaderRule): Labels {
  return rule.match === "exact" ? { [byValue]: rule.value } : { [byPattern]: asAnchoredRegex(rule) };
}

/**
 * The one header and the one cookie that the segments look at, and whether the header's value is one of ingress-nginx's
 * two words.
 */
function asked(segments: readonly Segment[]): {
  readonly header?: HeaderRule;
  readonly headerWords: boolean;
  readonly cookie?: CookieRule;
} {
  const rules = [...rulesOf("canary", segments), ...rulesOf("stable", segments)];
  const [header, cookie] = [rules.find(isHeader), rules.find(isCookie)];
  return {
    ...(header && { header }),
    headerWords: rulesOf("stable", segments).some(isHeader),
    ...(cookie && { cookie }),
  };
}

const rulesOf = (gets: Segment["gets"], segments: readonly Segment[]) =>
  segmentsThatGet(gets, segments).flatMap(({ when }) => when);
const isHeader = (rule: SegmentRule) => "header" in rule;
const isCookie = (rule: SegmentRule) => "cookie" in rule;

/** Keeps a user with the Ingress' or the canary Ingress' pods; the latter takes it over from the former. */
function affinity({ sticky }: ReleaseSettings): Labels {
  if (!sticky.cookie) return {};
  return {
    [`${annotations}/affinity`]: "cookie",
    [`${annotations}/session-cookie-name`]: sticky.cookie,
    [`${annotations}/session-cookie-max-age`]: `${sticky.maxAge}`,
  };
}

/** Refuses what the annotations of one canary Ingress cannot say. */
function refuseAudience(settings: ReleaseSettings): void {
  const { segments, sticky } = settings;
  if (sticky.cookie && segments.length > 0) {
    const why = "ingress-nginx keeps a user with a version before it looks at the header or cookie of a segment";
    throw new Incompatible([cannot(`sticky.cookie = "${sticky.cookie}"`, settings, why)]);
  }
  const why = sticky.cookie && refusedCookie(sticky.cookie);
  if (why) throw new Incompatible([cannot(`sticky.cookie = "${sticky.cookie}"`, settings, why)]);
  refuseSegments(settings, (segment) => whyNot(segment, segments) ?? false);
}

/** ingress-nginx takes few characters in a path of type Prefix (its option strict-validate-path-type). */
function refusePath(settings: ReleaseSettings): void {
  const { path } = settings;
  if (/^\/[-.\w/]*$/.test(path)) return;
  const why = "ingress-nginx takes letters, digits and -._/ in a path that it compares by prefix";
  throw new Incompatible([cannot(`path = "${path}"`, settings, why)]);
}

function whyNot(segment: Segment, segments: readonly Segment[]): string | undefined {
  const { gets, when } = segment;
  const [rule, ...more] = when;
  if (!rule || more.length > 0)
    return `a canary Ingress looks at one header or one cookie, and cannot ask for ${when.length} things at once`;
  const before = rulesOf(gets, segments.slice(0, segments.indexOf(segment)));
  const taken = before.some((other) => isHeader(other) === isHeader(rule));
  if (taken)
    return `a canary Ingress has room for one ${isHeader(rule) ? "header" : "cookie"}, which the segment before it takes`;
  return refusedByValidation(rule) ?? (gets === "canary" ? whyNotCanary(rule) : whyNotStable(rule, segments));
}

/** ingress-nginx refuses an Ingress with an annotation of other characters, lest it be a configuration of its own. */
function refusedByValidation(rule: SegmentRule): string | undefined {
  if ("cookie" in rule) return refusedCookie(rule.cookie);
  if (!/^[-a-z0-9]+$/.test(rule.header)) return "ingress-nginx takes letters, digits and - in the name of a header";
  if (rule.match === "exact")
    return /^[-.~\w/: ]+$/.test(rule.value) ? undefined : `ingress-nginx takes ${plain} in the value of a header`;
  const isPattern = /^[-.~\w/:^$[\](){}*+?|&=\\]+$/.test(asAnchoredRegex(rule));
  return isPattern ? undefined : `ingress-nginx takes ${plain}^$[](){}*+?|&=\\ in a pattern`;
}

function refusedCookie(name: string): string | undefined {
  return /^[-.~\w/:]+$/.test(name) ? undefined : `ingress-nginx takes ${plain} in the name of a cookie`;
}

const plain = "letters, digits and -._~/:";

function whyNotCanary(rule: SegmentRule): string | undefined {
  return "cookie" in rule && rule.value !== "always"
    ? 'ingress-nginx takes a cookie to the canary by the value "always" alone'
    : undefined;
}

/**
 * A request that ingress-nginx leaves to the stable version must not get the canary by what it looks at first, the
 * header.
 */
function whyNotStable(rule: SegmentRule, segments: readonly Segment[]): string | undefined {
  const isNever = rule.value === "never" && ("cookie" in rule || rule.match === "exact");
  if (!isNever) return 'ingress-nginx keeps a request from the canary by the value "never" alone';
  const canary = rulesOf("canary", segments);
  const [header, cookie] = [canary.find(isHeader), canary.find(isCookie)];
  if ("cookie" in rule) {
    if (cookie && cookie.cookie !== rule.cookie)
      return `a canary Ingress has room for one cookie, which is ${cookie.cookie}`;
    return segments.some(({ when }) => when.some(isHeader))
      ? "ingress-nginx looks at the header of another segment first, and a request with both would get the canary"
      : undefined;
  }
  if (header && header.header !== rule.header)
    return `a canary Ingress has room for one header, which is ${header.header}`;
  const hasWords = !header || (header.match === "exact" && header.value === "always");
  return hasWords
    ? undefined
    : `beside another value than "always", ingress-nginx does not read "never" in the header ${rule.header}`;
}

/** ingress-nginx reads both of its words where one is asked for. */
function wordNotices({ segments }: ReleaseSettings): readonly string[] {
  const { header, headerWords, cookie } = asked(segments);
  const named = [
    ...(header && headerWords ? [`header ${header.header}`] : []),
    ...(cookie ? [`cookie ${cookie.cookie}`] : []),
  ];
  return named.map(
    (name) =>
      `router nginx: in ${name}, "always" gets the canary and "never" does not, whichever of them a segment names`,
  );
}

function stickyNotices({ sticky }: ReleaseSettings, given: (maxAge: string) => string): readonly string[] {
  if (!sticky.cookie) return [];
  return [
    `router nginx: sticky.cookie "${sticky.cookie}" is given ${given(formatDuration(sticky.maxAge))}; this was tried with Traefik, which reads the same annotations, and not with ingress-nginx itself`,
  ];
}

/**
 * Requests as ingress-nginx counts them: those of the canary carry the name of its upstream, under the main Ingress'
 * own name.
 */
export const ingressNginxRequests: TelemetrySource = ({ namespace, application, service, isCanary }) => {
  if (service === undefined)
    return { cannot: "ingress-nginx counts by the canary's Service, and here one Service leads to both versions" };
  return telemetryOf({
    requests: "nginx_ingress_controller_requests",
    failed: 'status=~"5.."',
    buckets: "nginx_ingress_controller_request_duration_seconds_bucket",
    labels: { namespace, ingress: application, canary: isCanary ? `${namespace}-${service}-http` : "" },
  });
};
