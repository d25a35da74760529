import fc from "fast-check";
import { decisionNames, presetNames } from "../release/plan";
import { controllerNames, routerNames, telemetryNames, type ReleaseArgs } from "../release/settings";
import { hostile, hostileText } from "./hostile";

/**
 * A value of a key's domain, rarely a hostile one, or none at all: what is shrunk loses the key first. Keys given
 * `rarely` are those that many pairs refuse.
 */
function maybe<T>(arbitrary: fc.Arbitrary<T>, given: "often" | "rarely" = "often"): fc.Arbitrary<unknown> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: given === "often" ? 150 : 230, arbitrary: fc.constant(absent) },
    { weight: given === "often" ? 99 : 19, arbitrary },
    { weight: 1, arbitrary: hostile },
  );
}

const absent = Symbol("absent");

/** A map of keys, any of which may not be there. */
function mapOf(keys: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  return fc
    .record(keys, { noNullPrototype: true })
    .map((map) => Object.fromEntries(Object.entries(map).filter(([, value]) => value !== absent)));
}

const usual = <T>(...values: readonly [T, ...T[]]) => fc.constantFrom(...values);
/** The usual, and whatever else a rule takes. */
const text = (pattern: RegExp, ...values: readonly [string, ...string[]]) =>
  fc.oneof({ weight: 3, arbitrary: usual(...values) }, { weight: 2, arbitrary: fc.stringMatching(pattern) });

const label = (...values: readonly [string, ...string[]]) => text(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/, ...values);
const subdomain = (...values: readonly [string, ...string[]]) =>
  text(/^[a-z0-9]([-a-z0-9]{0,60}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,60}[a-z0-9])?){0,3}$/, ...values);
const token = (...values: readonly [string, ...string[]]) => text(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}$/, ...values);
const path = (...values: readonly [string, ...string[]]) =>
  text(/^\/([\w\-.~!$&'()*+,;=:@]|%[0-9A-F]{2}){0,30}(\/([\w\-.~!$&'()*+,;=:@]){1,30}){0,3}$/, ...values);
const url = usual(
  "http://prometheus.monitoring:9090",
  "https://metrics.example.com/a/b?c=d&e=%20'",
  "http://10.0.0.1:8080/$(id)",
  "http://metrics.example.com/'`\"",
  "http://[::1]:9090",
);
const image = usual(
  "registry.example.com/shop:1.4.0",
  "shop",
  "registry.example.com:5000/a/b@sha256:" + "a".repeat(64),
  "localhost/shop:" + "x".repeat(128),
);
const words = fc.array(fc.oneof(usual("/shop", "serve", "--port=80", "$(URL)"), hostileText), { maxLength: 3 });
/** Between two bounds in seconds, which are the rarer ones. */
const duration = (least: number, most: number, ...values: readonly [string, ...string[]]) =>
  fc.oneof(
    { weight: 8, arbitrary: usual(...values) },
    { weight: 1, arbitrary: whole(least, most).map((seconds) => `${seconds}s`) },
  );
const percent = (least: number, most: number) =>
  fc.oneof(
    usual(least, most),
    fc.integer({ min: least * 100, max: most * 100 }).map((parts) => parts / 100),
  );
const share = (least: number, most: number) => percent(least, most).map((value) => `${value}%`);
const whole = (least: number, most: number) => fc.oneof(usual(least, most), fc.integer({ min: least, max: most }));

const header = mapOf({
  header: token("x-group", "X-User", "cookie", "x_y"),
  exact: text(/^[^\s;][^;]{0,30}$/, "staff", "always", "never", "a b", "a`b", 'a"b', "a\\b"),
});
const prefixed = mapOf({ header: token("x-group"), prefix: text(/^[^\s;][^;]{0,30}$/, "staff/", "a.b", "a\\") });
const matched = mapOf({
  header: token("x-group"),
  regex: fc.oneof(
    usual(
      "eu-(west|north)-[0-9]",
      "a.*",
      "[a-z]+",
      "(a+)+",
      "\\d{3}",
      "a|b",
      "(?:x)",
      "a{1,1000}",
      "\\bx",
      "[[:alpha:]]",
    ),
    usual(
      "\\cA",
      "\\u0041",
      "[^]",
      "[]",
      "a{1001}",
      "\\k<a>",
      "(?<a>x)",
      "\\p{L}",
      "a|^b",
      "x(?#",
      "\\x{41}",
      "a**",
      "\\",
    ),
    fc.stringMatching(/^[a-z.*+?()[\]{}|\\^$,0-9]{1,12}$/),
  ),
});
const cookie = mapOf({
  cookie: token("beta", "a$b"),
  exact: text(/^[^\s;][^;]{0,30}$/, "yes", "always", "never"),
});
const segment = mapOf({
  name: label("staff", "beta", "bank"),
  gets: maybe(usual("canary", "stable")),
  when: fc.array(fc.oneof(header, prefixed, matched, cookie), { minLength: 1, maxLength: 3 }),
});

const hold = duration(70, 7 * 24 * 3600, "10m", "30m", "1h", "until promoted");
/** Weights that rise, as they have to. */
const weights = fc
  .uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 })
  .chain((list) =>
    fc.tuple(...list.sort((a, b) => a - b).map((weight) => mapOf({ weight: fc.constant(weight), hold: hold }))),
  );
const mirrored = mapOf({ mirror: whole(1, 100), hold: duration(30, 3600, "30s", "10m") });
const steps = fc.oneof(
  { weight: 8, arbitrary: weights },
  { weight: 1, arbitrary: fc.tuple(mirrored, weights).map(([first, rest]) => [first, ...rest]) },
  { weight: 1, arbitrary: fc.array(fc.oneof(mirrored, mapOf({ weight: whole(1, 100), hold })), { maxLength: 3 }) },
);

/** A bound, or two of which the warning comes first, or a multiple of the stable version's value. */
const level = (least: number, most: number, better: "below" | "above", unit: string) => {
  const bound = percent(least, most);
  const both = fc.tuple(bound, bound).map((pair) => {
    const [low = least, high = most] = pair.sort((a, b) => a - b);
    return better === "below"
      ? { warn: `${low}${unit}`, fail: `${high}${unit}` }
      : { warn: `${high}${unit}`, fail: `${low}${unit}` };
  });
  const timesStable = better === "below" ? usual(1.01, 1.5, 3, 100) : usual(0.01, 0.5, 0.99);
  return fc.oneof(
    { weight: 6, arbitrary: bound.map((value) => `${value}${unit}`) },
    { weight: 1, arbitrary: both },
    { weight: 2, arbitrary: mapOf({ fail: bound.map((value) => `${value}${unit}`), timesStable: maybe(timesStable) }) },
    { weight: 2, arbitrary: mapOf({ timesStable }) },
  );
};
const counter = text(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,20}$/, "visits_total", "orders_total");

const number = fc.oneof(
  usual(0, 0.000001, 5),
  fc.integer({ min: 1, max: 1e9 }).map((thousandths) => thousandths / 1000),
);
const metric = mapOf({
  name: label("orders-failed", "queue"),
  query: usual(
    "sum(rate(orders_failed_total{<canary>}[<window>]))",
    'sum(rate(orders_failed_total{<canary>, path=~"/a.*\\\\d`"}[<window>])) / 2',
    "max(queue_length{<canary>}) # a comment",
    "sum(rate(x{<canary>}[10m])) or vector(0)",
    'max(x{<canary>, y="$(id)\'"})',
    "max(x{<canary>} @ end() offset 5m)",
    "max(x{<canary>, y='{ {'}) by ()",
    "histogram_quantile(0.9, sum by (le) (rate(x{<canary>}[<window>])))",
  ),
  bound: fc.oneof(
    number.map((below) => ({ below })),
    number.map((atLeast) => ({ atLeast })),
    fc.tuple(number, number).map(([warn, below]) => ({ warn: Math.min(warn, below), below: Math.max(warn, below) })),
  ),
}).map(({ bound, ...rest }) => ({ ...rest, ...(bound as object) }));

const probe = mapOf({
  path: maybe(path("/healthz")),
  periodSeconds: maybe(whole(1, 300)),
  initialDelaySeconds: maybe(whole(0, 3600)),
  timeoutSeconds: maybe(whole(1, 60)),
  failureThreshold: maybe(whole(1, 30)),
});
const amounts = mapOf({
  cpu: maybe(usual("100m", "0.1", "250m", "0.5", "010m")),
  memory: maybe(usual("128Mi", "256Mi", "1Gi", "0.5Gi", "4Mi", "100000000", "64Ti", "200M")),
});

/** A value of each key's domain, mostly; the least that a release is told is always there. */
const keys: Readonly<Record<keyof ReleaseArgs, fc.Arbitrary<unknown>>> = {
  application: fc.oneof(
    {
      weight: 60,
      arbitrary: text(/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/, "shop", "web-2", "a".repeat(40)),
    },
    { weight: 1, arbitrary: hostile },
  ),
  image: fc.oneof({ weight: 60, arbitrary: image }, { weight: 1, arbitrary: hostile }),
  host: fc.oneof(
    { weight: 60, arbitrary: subdomain("shop.example.com", "localhost", "a.b", "1.2.3.4", "a".repeat(64) + ".com") },
    { weight: 1, arbitrary: hostile },
  ),
  namespace: maybe(label("default", "shop", "kube-system")),
  attempt: maybe(whole(1, 1000)),
  exceptions: maybe(
    fc.dictionary(
      text(/^[a-z]{1,9}(-[a-z]{1,9}){0,3}$/, "first-weight"),
      fc.oneof(
        { weight: 6, arbitrary: usual("until 2027-01-31: both teams agreed on this") },
        { weight: 1, arbitrary: hostileText.map((reason) => `until 2027-01-31: both teams agreed${reason}`) },
      ),
      { maxKeys: 2, noNullPrototype: true },
    ),
  ),
  path: maybe(path("/", "/shop", "/a/b", "/a;b", "/%20", "/a$b", "/a'b")),
  tlsSecret: maybe(subdomain("", "shop-tls")),
  router: usual(...routerNames),
  ingressClass: maybe(subdomain("nginx")),
  gateway: maybe(
    mapOf({
      kind: maybe(usual("Gateway", "Service")),
      name: maybe(subdomain("gateway")),
      namespace: maybe(label("", "gateways")),
    }),
  ),
  entryPoint: maybe(text(/^[\w-]{1,30}$/, "web", "websecure")),
  preset: maybe(fc.constantFrom(...presetNames)),
  steps: maybe(steps),
  decisions: maybe(usual(...decisionNames), "rarely"),
  thresholds: maybe(
    mapOf({
      errorRate: maybe(level(0.01, 50, "below", "%")),
      successRate: maybe(level(50, 99.99, "above", "%")),
      latency: maybe(
        fc.dictionary(usual("p50", "p95", "p99.9", "p99.9999", "p00"), level(1, 300, "below", "s"), {
          maxKeys: 2,
          noNullPrototype: true,
        }),
      ),
      conversionRate: maybe(mapOf({ of: counter, to: counter, fail: share(0.01, 100) })),
      cpu: maybe(level(1, 99, "below", "%")),
      memory: maybe(level(1, 99, "below", "%")),
      restarts: maybe(whole(0, 100)),
    }),
  ),
  metrics: maybe(fc.array(metric, { maxLength: 2 })),
  judgement: maybe(
    mapOf({
      interval: maybe(duration(30, 3600, "30s", "1m", "10m", "1h")),
      window: maybe(duration(120, 600, "2m", "5m")),
      initialDelay: maybe(duration(1, 600, "70s", "30s")),
      failuresTolerated: maybe(whole(0, 100)),
      noData: maybe(
        fc.oneof(
          usual<unknown>("fail", "hold", "hold, then fail", { pass: "nobody uses it at night" }),
          hostileText.map((pass) => ({ pass: `nobody uses it at ${pass}` })),
        ),
      ),
      leastRequestRate: maybe(usual("6/m", "1/s", "30/h")),
    }),
  ),
  telemetry: maybe(usual(...telemetryNames), "rarely"),
  metricsPath: maybe(path("/metrics")),
  prometheus: maybe(mapOf({ address: maybe(url), scrapeInterval: maybe(duration(1, 30, "15s", "30s")) })),
  traffic: maybe(
    mapOf({
      requestRate: maybe(usual("100/s", "30/m", "50/h", "1000000/s")),
      errorRate: maybe(usual("0%", "0.1%", "50%")),
      objective: maybe(usual("99.9%", "50%", "99.9999%")),
    }),
  ),
  smokeTest: maybe(
    fc.oneof(
      mapOf({ webhook: url, timeout: maybe(duration(1, 3600, "5m")) }),
      mapOf({ image, command: maybe(words), timeout: maybe(duration(1, 3600, "5m")) }),
    ),
    "rarely",
  ),
  segments: maybe(fc.array(segment, { maxLength: 3 }), "rarely"),
  sticky: maybe(
    mapOf({ cookie: maybe(token("version", "a%b", "a$b")), maxAge: maybe(duration(1, 31536000, "24h", "8760h")) }),
    "rarely",
  ),
  controller: usual(...controllerNames),
  step: maybe(whole(0, 6)),
  stableImage: maybe(image),
  loadTester: maybe(
    mapOf({ url: maybe(url), serviceAccount: maybe(subdomain("default")), namespace: maybe(label("flagger-system")) }),
  ),
  wait: maybe(fc.boolean(), "rarely"),
  port: maybe(whole(1, 65535)),
  command: maybe(words),
  environment: maybe(
    fc.dictionary(text(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/, "LEVEL", "URL", "constructor"), hostileText, {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
  mounts: maybe(
    fc.dictionary(
      fc.oneof(
        usual("/etc/shop", "/tmp", "/", "/etc/../tmp", "/a:b"),
        hostileText.map((rest) => `/${rest}`),
      ),
      subdomain("shop-settings"),
      { maxKeys: 2, noNullPrototype: true },
    ),
    "rarely",
  ),
  runAsUser: maybe(whole(1, 2147483647)),
  resources: maybe(mapOf({ requests: maybe(amounts), limits: maybe(amounts) })),
  readiness: maybe(probe),
  liveness: maybe(probe),
  shutdown: maybe(mapOf({ drain: maybe(duration(0, 25, "5s", "0s")), grace: maybe(duration(30, 3600, "30s", "1h")) })),
  spread: maybe(fc.array(fc.oneof(usual("kubernetes.io/hostname", "zone"), hostileText), { maxLength: 3 }), "rarely"),
  replicas: maybe(whole(1, 1000)),
  autoscaling: maybe(mapOf({ maxReplicas: maybe(usual(0, 4, 10, 1000)), cpu: maybe(share(1, 100)) })),
  progressDeadline: maybe(duration(10, 21600, "10m")),
  scaleDownDelay: maybe(duration(1, 3600, "30s")),
};

const unknownKey = fc.record({ key: hostileText, value: hostile }, { noNullPrototype: true });

/**
 * Configurations of releases, over all routers and controllers: each key from its own domain, now and then hostile, now
 * and then a key that there is not.
 */
export const configurations: fc.Arbitrary<ReleaseArgs> = fc
  .tuple(
    mapOf(keys),
    fc.oneof(
      { withCrossShrink: true },
      { weight: 30, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.tuple(unknownKey) },
    ),
  )
  .map(
    ([known, unknown]) =>
      ({ ...known, ...Object.fromEntries(unknown.map(({ key, value }) => [key, value])) }) as unknown as ReleaseArgs,
  );
