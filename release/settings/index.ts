import { z } from "zod";
import { failsWithoutDataFrom, neededRate, type NoData } from "../metrics/metrics";
import { decided, decisionNames, presetNames, presets, received, type Hold, type Step } from "../plan";
import { RefusedRelease, refusals, wrongType } from "./refusal";
import { dnsLabel, dnsName, duration, measured, passed, text, token, whole } from "./types";
import { segmentSchema } from "./segments";
import { firstWarning, ownMetricSchema, thresholdsSchema, tooShortRange } from "./thresholds";
import { canonicalQuantity, formatDuration, formatNumber, formatRateBelow, parsePercent, parseRate } from "../units";

export type { Passed } from "./types";

export const routerNames = ["service", "nginx", "istio", "gateway-api", "traefik"] as const;
export const telemetryNames = ["application", "ingress-nginx", "istio", "traefik"] as const;
export const controllerNames = ["pulumi", "argo-rollouts", "flagger"] as const;
export type RouterName = (typeof routerNames)[number];
export type TelemetryName = (typeof telemetryNames)[number];
export type ControllerName = (typeof controllerNames)[number];

const imageReference = /^[^\s:@]+(:\d+)?(\/[^\s:@]+)*(:[\w][\w.-]{0,127})?(@sha256:[a-f0-9]{64})?$/;

const week = 7 * 24 * 3600;
const stepSchema = z.strictObject({
  /** Share of the requests that the canary answers, in percent. */
  weight: whole(1, 100, "a weight, in percent of the requests,").optional(),
  /**
   * In place of a weight, and before the first: share of the requests that the canary gets a copy of, in percent, its
   * answers thrown away.
   */
  mirror: whole(1, 100, "a share to mirror, in percent of the requests,").optional(),
  hold: z.union([z.literal("until promoted"), duration("a hold", 0, week)], {
    error: 'a hold is a duration such as "30s" or "10m", or "until promoted"; accepted: 0s to 168h',
  }) as z.ZodType<Hold, string>,
});

const probeSchema = z.strictObject({
  /** Path that answers 200 when the probe passes. */
  path: text(/^\//, 'a path starts with "/"').default("/healthz"),
  /** Seconds between two probes. */
  periodSeconds: whole(1, 300, "the period of a probe, in seconds,").default(10),
  /** Seconds before the first probe. */
  initialDelaySeconds: whole(0, 3600, "the initial delay of a probe, in seconds,").default(0),
  /** Seconds after which a probe without an answer has failed. */
  timeoutSeconds: whole(1, 60, "the timeout of a probe, in seconds,").default(1),
  /** Failed probes in a row before the pod counts as failed. */
  failureThreshold: whole(1, 30, "the failure threshold of a probe").default(3),
});

const amounts = (cpu: string, memory: string) => {
  const rule = 'an amount of a resource is a Kubernetes quantity; accepted: "250m", "1", "128Mi", "1Gi"';
  const amount = measured(canonicalQuantity, rule);
  return z.strictObject({ cpu: amount.prefault(cpu), memory: amount.prefault(memory) });
};

const noDataRule =
  'what no data means; accepted: "fail", "hold", "hold, then fail", or {pass: "<the reason, in at least ten characters>"}';

const shape = z.strictObject({
  /** Name of the application: it names every object. Required. */
  application: text(
    dnsLabel,
    "the application's name is a DNS label; accepted: lower case letters, digits and '-', at most 40",
  ).max(40, {
    error: "the application's name leaves room for suffixes; accepted: at most 40 characters",
  }),
  /** Namespace of every object; it must exist. Default: "default". */
  namespace: passed(dnsLabel, "a namespace is a DNS label; accepted: lower case letters, digits and '-'").default(
    "default",
  ),
  /** Container image of the version to release. Required. */
  image: passed(imageReference, 'an image reference; accepted: "registry/name:tag" or "registry/name@sha256:<digest>"'),
  /** Which attempt at releasing this image this is: raise it to try an aborted image again. Default: 1. */
  attempt: whole(1, 1000, "which attempt at this image this is").default(1),
  /** Port that the container listens on. Default: 8080. */
  port: whole(1, 65535, "the port that the container listens on").default(8080),
  /** Pods of the stable version; the canary gets a share of as many. Default: 3. */
  replicas: whole(1, 1000, "the number of pods of the stable version").default(3),
  /**
   * A HorizontalPodAutoscaler between `replicas` and `maxReplicas` pods, at a share of the CPU that they ask for.
   * Default: none, and `replicas` is fixed.
   */
  autoscaling: z
    .strictObject({
      maxReplicas: whole(0, 1000, 'the most pods; 0 for no autoscaler, else more than "replicas",').default(0),
      cpu: measured(
        parsePercent,
        'the share of the requested CPU that the pods are kept at; accepted: "1%" to "100%"',
        (share) => share >= 0.01 && share <= 1,
      ).prefault("70%"),
    })
    .prefault({}),
  /** Labels of nodes that the pods of a version are spread over evenly, where they can be. Default: hosts and zones. */
  spread: z
    .array(z.string({ error: 'a label of nodes; accepted: such as "topology.kubernetes.io/zone"' }))
    .default(["kubernetes.io/hostname", "topology.kubernetes.io/zone"]),
  /**
   * How a pod ends: it goes on serving for the drain, while routers forget it, and is killed after the grace. Default:
   * 5s and 30s.
   */
  shutdown: z
    .strictObject({
      drain: duration("how long a pod that ends goes on serving", 0, 3600).prefault("5s"),
      grace: duration("how long a pod may take to end, the drain included,", 1, 3600).prefault("30s"),
    })
    .prefault({}),
  /** Environment of the container, name to value. Default: none. */
  environment: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
        error: "the name of an environment variable; accepted: letters, digits and '_'",
      }),
      passed(
        /^/,
        "the value of an environment variable is text; accepted: a string, quoted where YAML would read a number",
      ),
    )
    .default({}),
  /** Words of the container's command. Default: the image's own. */
  command: z.array(z.string({ error: "a word of the command is text" })).default([]),
  /** ConfigMaps mounted as folders, read-only: mount path to name. Default: none. */
  mounts: z
    .record(
      z.string().regex(/^\//, { error: 'a mount path starts with "/"' }),
      text(dnsName, "the name of a ConfigMap that exists in the namespace"),
    )
    .default({}),
  /** Number of the user that the container runs as, never root. Default: 65532. */
  runAsUser: whole(1, 4294967295, "the user that the container runs as, never root,").default(65532),
  /** Host that users ask for. Required. */
  host: text(dnsName, 'the host that users ask for; accepted: a DNS name in lower case, such as "shop.example.com"'),
  /** Path prefix of the application on its host. Default: "/". */
  path: text(/^\/[^\s?#]*$/, 'the path prefix of the application; accepted: "/" or "/path"').default("/"),
  /**
   * Gateway that the routers istio and gateway-api attach to; for gateway-api also a Service. Default: Gateway
   * "gateway" in the namespace.
   */
  gateway: z
    .strictObject({
      kind: z
        .enum(["Gateway", "Service"], { error: "what an HTTPRoute attaches to; accepted: Gateway, Service" })
        .default("Gateway"),
      name: text(dnsName, "the name of the Gateway").default("gateway"),
      namespace: text(
        new RegExp(`${dnsLabel.source}|^$`),
        'the namespace of the Gateway; accepted: a name, or "" for the release\'s own',
      ).default(""),
    })
    .prefault({}),
  /** Entry point that Traefik's routes listen on, for the router traefik. Default: "web". */
  entryPoint: text(/^[\w-]+$/, "the name of one of Traefik's entry points").default("web"),
  /** IngressClass that answers for the host, for the routers nginx and service. Default: "nginx". */
  ingressClass: text(dnsName, "the name of an IngressClass").default("nginx"),
  /** TLS Secret of the host. Default: none, and the URL is plain HTTP. */
  tlsSecret: text(
    new RegExp(`${dnsName.source}|^$`),
    'the name of the TLS Secret of the host, in the namespace; accepted: a name, or "" for none',
  ).default(""),
  /** CPU and memory that a pod asks for and may use. Default: 100m and 128Mi, at most 500m and 256Mi. */
  resources: z
    .strictObject({ requests: amounts("100m", "128Mi").prefault({}), limits: amounts("500m", "256Mi").prefault({}) })
    .prefault({}),
  /** Probe that decides whether a pod gets requests. Default: "/healthz" every 10 s. */
  readiness: probeSchema.prefault({}),
  /** Probe that decides whether a container is restarted. Default: "/healthz" every 10 s. */
  liveness: probeSchema.prefault({}),
  /** Path where each pod serves its Prometheus metrics. Default: "/metrics". */
  metricsPath: text(/^\/\S*$/, 'the path where each pod serves its metrics; accepted: "/path"').default("/metrics"),
  /**
   * What splits the requests: "service" by the number of pods, "nginx" by Ingress annotations, "istio", "gateway-api"
   * or "traefik". Default: "nginx".
   */
  router: z.enum(routerNames, { error: `the router; accepted: ${routerNames.join(", ")}` }).default("nginx"),
  /**
   * Which step of the plan the canary is at, counted from 1, for the controller pulumi; 0 is no canary, and one after
   * the last is promoted. Default: 0.
   */
  step: whole(0, 100, "the step that the canary is at").default(0),
  /**
   * Image of the stable version while a canary runs beside it, for the controller pulumi. Default: none, and the image
   * is the stable version.
   */
  stableImage: text(
    new RegExp(`${imageReference.source}|^$`),
    'the image of the stable version; accepted: "registry/name:tag", or "" for that of the release',
  ).default(""),
  /**
   * Flagger's load tester, whose gates hold a step for another time than the interval, for the controller flagger: its
   * URL, and the ServiceAccount that may read the Canary.
   */
  loadTester: z
    .strictObject({
      url: z
        .url({
          protocol: /^https?$/,
          error: 'where the load tester answers; accepted: "http://host:port" or "https://..."',
        })
        .default("http://flagger-loadtester.flagger-system"),
      serviceAccount: text(dnsName, "the name of the load tester's ServiceAccount").default("default"),
      namespace: text(dnsLabel, "the load tester's namespace").default("flagger-system"),
    })
    .prefault({}),
  /** Who moves the weight: "argo-rollouts", "flagger", or "pulumi" for each `pulumi up`. Default: "argo-rollouts". */
  controller: z
    .enum(controllerNames, { error: `the controller; accepted: ${controllerNames.join(", ")}` })
    .default("argo-rollouts"),
  /** Name of a plan, used where no steps are given. Default: "fast". */
  preset: z
    .enum(presetNames, { error: `the name of a plan; accepted: ${presetNames.join(", ")}, or steps of your own` })
    .default("fast"),
  /** The plan: weights in percent that rise, each with its hold; they replace the preset. Default: none. */
  steps: z.array(stepSchema).default([]),
  /**
   * Who decides at each step: "automatic" asks nobody, "manual" a person at each step, "manual before 100" before the
   * last one, "hybrid" where a metric warns. Default: as steps and thresholds say.
   */
  decisions: z
    .enum(decisionNames, { error: `who decides that the release goes on; accepted: ${decisionNames.join(", ")}` })
    .default("as planned"),
  /**
   * Requests that get the canary whatever the weight, or never do; of those in both kinds none gets it. Default: none.
   */
  segments: z.array(segmentSchema).default([]),
  /**
   * Cookie that keeps a user with the version that he was given while the weight moves, and how long. Default: none.
   */
  sticky: z
    .strictObject({
      cookie: text(
        new RegExp(`${token.source}|^$`),
        'the name of the cookie that keeps a user with a version; accepted: a name, or "" for none',
      ).default(""),
      maxAge: duration("how long a user stays with a version", 1, 365 * 24 * 3600).prefault("24h"),
    })
    .prefault({}),
  /**
   * Who counts the canary's requests: the application itself, or a router that is asked in its place. Default:
   * "application".
   */
  telemetry: z
    .enum(telemetryNames, { error: `who counts the requests; accepted: ${telemetryNames.join(", ")}` })
    .default("application"),
  /**
   * Bounds that the canary must keep: a value that fails it, or {fail, warn, timesStable}. Default: errorRate 5% and
   * latency p95 1s.
   */
  thresholds: thresholdsSchema.prefault({}),
  /** Metrics of the team's own, in PromQL. Default: none. */
  metrics: z.array(ownMetricSchema).default([]),
  /** How the canary is measured, and what a measurement without data means. */
  judgement: z
    .strictObject({
      interval: duration("the time between two measurements", 1, 3600).optional(),
      window: duration("the span that one measurement looks at", 1, 6 * 3600).prefault("2m"),
      initialDelay: duration("the time from the first weight to the first measurement", 1, 3600).optional(),
      failuresTolerated: whole(0, 100, "how many measurements of one metric may fail in the whole release").default(2),
      noData: z
        .union(
          [
            z.enum(["fail", "hold", "hold, then fail"]),
            z.strictObject({ pass: z.string().trim().min(10, { error: noDataRule }) }),
          ],
          { error: noDataRule },
        )
        .optional(),
      leastRequestRate: measured(
        parseRate,
        'the rate of requests below which a canary cannot be judged; accepted: more than 0, as "1/s", "6/m" or "30/h"',
        (rate) => rate > 0,
      ).prefault("6/m"),
    })
    .prefault({}),
  /**
   * What the plan's promise is worked out from: all requests of all users at their peak, a healthy version's share of
   * failed ones, and the month's objective.
   */
  traffic: z
    .strictObject({
      requestRate: measured(
        parseRate,
        'the rate of all requests at their peak; accepted: more than 0, as "100/s", "30/m" or "5/h"',
        (rate) => rate > 0,
      ).optional(),
      errorRate: measured(
        parsePercent,
        'the share of requests that a healthy version fails; accepted: "0%" to "50%"',
        (share) => share <= 0.5,
      ).prefault("0.1%"),
      objective: measured(
        parsePercent,
        'the share of requests that are to succeed in a month; accepted: "50%" to "99.9999%"',
        (share) => share >= 0.5 && share <= 0.999999,
      ).prefault("99.9%"),
    })
    .prefault({}),
  /**
   * What tests a canary before its first request, and a first deploy at its end: a webhook that answers 2xx when it
   * passes, or the image of a Job that ends well. Default: none, and 5m to do it.
   */
  smokeTest: z
    .strictObject({
      webhook: z
        .union([z.literal(""), z.url({ protocol: /^https?$/ })], {
          error:
            'what is asked to test a version, by POST with its URL; accepted: "http://..." or "https://...", or "" for none',
        })
        .default(""),
      image: text(
        new RegExp(`${imageReference.source}|^$`),
        'the image of a Job that tests the version at $URL; accepted: "registry/name:tag", or "" for none',
      ).default(""),
      command: z.array(z.string({ error: "a word of the test's command is text" })).default([]),
      timeout: duration("how long the smoke test may take", 1, 3600).prefault("5m"),
    })
    .prefault({}),
  /** Rules of the gate that this release is excepted from: rule to "until <day>: <reason>". Default: none. */
  exceptions: z
    .record(
      z.string().regex(/^[a-z]+(-[a-z]+)*$/, { error: 'the name of a rule of the gate, such as "first-weight"' }),
      text(
        /^until \d{4}-\d{2}-\d{2}: .{10,}$/,
        'until when, and why, in ten characters or more; accepted: "until 2027-01-31: both teams agreed on larger stages"',
      ),
    )
    .default({}),
  /** Where the metrics are, and how often Prometheus scrapes the pods. */
  prometheus: z
    .strictObject({
      address: z
        .url({ protocol: /^https?$/, error: 'where Prometheus answers; accepted: "http://host:port" or "https://..."' })
        .default("http://prometheus.monitoring:9090"),
      scrapeInterval: duration("the time between two scrapes", 1, 600).prefault("30s"),
    })
    .prefault({}),
  /** Time for the canary's pods to become ready, after which the release is aborted. Default: 10m. */
  progressDeadline: duration("how long the canary's pods may take to become ready", 10, 6 * 3600).prefault("10m"),
  /** Time that the pods of the version that lost stay, for a fast way back. Default: 30s. */
  scaleDownDelay: duration("how long the pods of the version that lost stay", 1, 3600).prefault("30s"),
  /** Whether `pulumi up` waits for the verdict, holding the stack's lock. Default: false. */
  wait: z.boolean({ error: "whether `pulumi up` waits for the verdict; accepted: true, false" }).default(false),
});

type Shaped = z.output<typeof shape>;

/** Prometheus may take ten seconds to discover a pod, and needs two samples of it. */
function initialDelay({ judgement, prometheus }: Shaped): number {
  return judgement.initialDelay ?? 10 + 2 * prometheus.scrapeInterval;
}

/** Half a minute; Flagger's first measurement is one interval after the first weight, and has to find samples too. */
function intervalOf(release: Shaped): number {
  return release.judgement.interval ?? (release.controller === "flagger" ? Math.max(30, initialDelay(release)) : 30);
}

/** The steps that are given, or the preset's, with a person where the decisions ask for one. */
function planOf({ steps, preset, decisions }: Shaped): readonly Step[] {
  return decided(
    steps.length > 0 ? steps.map(({ weight = 0, ...step }): Step => ({ weight, ...step })) : presets[preset],
    decisions,
  );
}

/**
 * A canary that nobody asks for anything yet holds at its first weight, and fails at a later one; where nobody is
 * asked, under Flagger, which holds with a load tester only, and in an untimed first step there is one meaning alone.
 */
function noDataOf(release: Shaped): NoData {
  const { judgement, controller, decisions } = release;
  if (judgement.noData !== undefined) return judgement.noData;
  if (controller === "flagger" || decisions === "automatic") return "fail";
  return planOf(release)[0]?.hold === "until promoted" ? "hold" : "hold, then fail";
}

/**
 * Room for one measurement of the step alone: Flagger measures when an interval of it is over, the others at any time.
 */
function leastHold(release: Shaped, index: number): number {
  const interval = intervalOf(release);
  const { window } = release.judgement;
  const measurable = Math.max(window, index === 0 ? initialDelay(release) : 0);
  return release.controller === "flagger" ? Math.max(measurable, interval) : measurable + interval;
}

/** The key that asks a person; undefined where none does. */
function asksSomebody(release: Shaped): string | undefined {
  const step = release.steps.findIndex(({ hold }) => hold === "until promoted");
  if (step >= 0) return `steps[${step}].hold = "until promoted"`;
  const { noData } = release.judgement;
  if (noData === "hold" || noData === "hold, then fail") return `judgement.noData = "${noData}"`;
  return firstWarning(release);
}

/**
 * A step that takes each canary back, because it has too few requests even at the peak. A segment or a cookie may send
 * it more than its weight.
 */
function refuseTooFewRequests(release: Shaped, refuse: (message: string) => void): void {
  const { judgement, traffic, segments, sticky } = release;
  const { requestRate = Infinity } = traffic;
  if (segments.length > 0 || sticky.cookie !== "") return;
  const [plan, judged] = [planOf(release), { ...judgement, noData: noDataOf(release) }];
  const found = plan.findIndex(
    (step, index) => index >= failsWithoutDataFrom(judged) && requestRate < neededRate(step, judged),
  );
  const step = plan[found];
  if (step === undefined) return;
  const most = requestRate * received(step);
  refuse(
    `a canary needs ${formatNumber(judgement.leastRequestRate)} requests/s to be judged, and step ${found + 1} gives it at most ${formatNumber(most)} of the ${formatNumber(requestRate)} that all users make (traffic.requestRate), so that no release would get past it; accepted: at most "${formatRateBelow(most)}", noData = "hold" or {pass: <reason>}, or a larger weight`,
  );
}

/** Names of the metrics that thresholds make. */
const builtIn =
  /^(request-rate(-first)?|smoke-test|(error-rate|success-rate|latency-.*|conversion-rate|cpu|memory|restarts)(-vs-stable)?)$/;

const schema = shape
  .check((context) => {
    const { steps, judgement, prometheus, replicas, autoscaling, shutdown, controller, metrics, decisions, smokeTest } =
      context.value;
    const refuse = (path: (string | number)[], message: string) =>
      context.issues.push({ code: "custom", path, message, input: context.value });
    steps.forEach(({ weight, mirror, hold }, index) => {
      const before = steps[index - 1]?.weight;
      if ((weight === undefined) === (mirror === undefined))
        refuse(
          ["steps", index],
          "a step has a weight, or mirrors a share of the requests; accepted: {weight, hold} or {mirror, hold}",
        );
      if (mirror !== undefined && index > 0)
        refuse(
          ["steps", index, "mirror"],
          "requests are mirrored before the first weight; accepted: as the first step",
        );
      if (before !== undefined && weight !== undefined && weight <= before) {
        const accepted =
          before < 100 ? `accepted: ${before + 1} to 100` : "accepted: no step after the one with weight 100";
        refuse(
          ["steps", index, "weight"],
          `weights rise from step to step, and the step before has ${before}; ${accepted}`,
        );
      }
      const least = leastHold(context.value, index);
      if (weight !== 100 && hold !== "until promoted" && hold < least) {
        const parts = index === 0 ? "the longer of initial delay and window," : "one window";
        const and = controller === "flagger" ? "and for" : "and";
        refuse(
          ["steps", index, "hold"],
          `a hold has room for ${parts} ${and} one interval of the judgement; accepted: ${formatDuration(least)} or longer`,
        );
      }
    });
    const preset = steps.length === 0 ? presets[context.value.preset] : [];
    const tooShort = preset.findIndex(
      ({ weight, hold }, index) =>
        weight !== 100 && hold !== "until promoted" && hold < leastHold(context.value, index),
    );
    if (tooShort >= 0) {
      const least = formatDuration(leastHold(context.value, tooShort));
      refuse(
        ["preset"],
        `its step ${tooShort + 1} is held for ${formatDuration(preset[tooShort]?.hold as number)}, which has no room for the judgement; accepted: a plan with holds of ${least}, or a shorter judgement.window`,
      );
    }
    if (steps.length === 1 && steps[0]?.mirror !== undefined)
      refuse(["steps"], "a plan that mirrors goes on with a weight; accepted: a further step with a weight");
    const { maxReplicas } = autoscaling;
    if (maxReplicas > 0 && maxReplicas <= replicas) {
      refuse(
        ["autoscaling", "maxReplicas"],
        `an autoscaler starts from replicas, which is ${replicas}; accepted: 0 for none, or ${replicas + 1} and more`,
      );
    }
    if (smokeTest.webhook !== "" && smokeTest.image !== "")
      refuse(["smokeTest"], "a webhook or a Job does the test; accepted: webhook or image, one of them");
    if (smokeTest.command.length > 0 && smokeTest.image === "")
      refuse(["smokeTest", "command"], "it is the command of the Job's image; accepted: with smokeTest.image");
    if (shutdown.grace <= shutdown.drain) {
      refuse(
        ["shutdown", "grace"],
        `a pod is killed after the grace, and drains for ${formatDuration(shutdown.drain)} of it; accepted: more than that`,
      );
    }
    if (judgement.noData === "hold, then fail" && planOf(context.value)[0]?.hold === "until promoted") {
      refuse(
        ["judgement", "noData"],
        'the first hold ends when a person promotes, so that nobody knows when to fail; accepted: "hold", "fail", or a first hold with a time',
      );
    }
    const asks = asksSomebody(context.value);
    if (decisions === "automatic" && asks !== undefined)
      refuse(
        ["decisions"],
        `nobody is asked, and ${asks} asks a person; accepted: without it, or "as planned", "manual", "manual before 100", "hybrid"`,
      );
    if (decisions === "hybrid" && firstWarning(context.value) === undefined) {
      refuse(
        ["decisions"],
        'a person is asked where a metric warns, and none does; accepted: a warn, as in thresholds.errorRate = {fail: 5%, warn: 2%}, or "manual before 100"',
      );
    }
    metrics.forEach(({ name, query }, index) => {
      const short = tooShortRange(query, 4 * prometheus.scrapeInterval);
      if (short)
        refuse(
          ["metrics", index, "query"],
          `it looks back ${short}, which is less than four scrape intervals; accepted: <window>, or ${formatDuration(4 * prometheus.scrapeInterval)} or longer`,
        );
      const others = metrics.slice(0, index).map((metric) => metric.name);
      if (others.includes(name) || builtIn.test(name))
        refuse(["metrics", index, "name"], "a metric's name is its own; accepted: one that no other metric has");
    });
    refuseTooFewRequests(context.value, (message) => refuse(["judgement", "leastRequestRate"], message));
    if (judgement.window < 4 * prometheus.scrapeInterval) {
      const least = formatDuration(4 * prometheus.scrapeInterval);
      refuse(["judgement", "window"], `a window spans at least four scrape intervals; accepted: ${least} or longer`);
    }
  })
  .transform(({ preset, ...rest }) => {
    const release = { preset, ...rest };
    return {
      ...rest,
      steps: planOf(release),
      judgement: {
        ...rest.judgement,
        noData: noDataOf(release),
        initialDelay: initialDelay(release),
        interval: intervalOf(release),
      },
    };
  });

/** A release as its author writes it: text with units, everything but `application`, `image` and `host` optional. */
export type ReleaseArgs = z.input<typeof schema>;

/**
 * A release as the rest of the program reads it: every value present, seconds and shares as numbers, one list of steps.
 */
export type ReleaseSettings = Readonly<z.output<typeof schema>>;

/** The keys that a release is written with. */
export const releaseKeys = Object.keys(shape.shape) as (keyof ReleaseArgs)[];

/** Validates a release and fills in its defaults. Throws `RefusedRelease`. */
export function releaseSettings(args: ReleaseArgs): ReleaseSettings {
  const result = schema.safeParse(args, { error: (issue) => wrongType(issue) });
  if (result.success) return result.data;
  throw new RefusedRelease(result.error.issues.flatMap((issue) => refusals(issue, args, shape)));
}
