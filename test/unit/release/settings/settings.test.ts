import assert from "node:assert/strict";
import fc from "fast-check";
import { presets } from "../../../../release/plan";
import { releaseKeys, type ReleaseArgs } from "../../../../release/settings";
import { leastRelease as least, refusalsOf, settingsOf } from "../../../support/releases";

const refusedFor = (args: unknown) => refusalsOf(() => settingsOf(args as ReleaseArgs));

describe("release settings", () => {
  it("fill in every default from application, image and host", () => {
    const settings = settingsOf(least);
    assert.deepEqual(settings.steps, presets.fast);
    assert.deepEqual(settings.thresholds, { errorRate: { fail: 0.05 }, latency: { p95: { fail: 1 } } });
    assert.deepEqual(settings.judgement, {
      interval: 30,
      window: 120,
      initialDelay: 70,
      failuresTolerated: 2,
      noData: "hold, then fail",
      leastRequestRate: 0.1,
    });
    const missing = releaseKeys.filter((key) => key !== "preset" && settings[key] === undefined);
    assert.deepEqual(missing, []);
  });

  it("measure under Flagger as soon as Prometheus has something, unless an interval is given", () => {
    const interval = (change: Partial<ReleaseArgs>) =>
      settingsOf({ ...least, controller: "flagger", ...change }).judgement.interval;
    assert.equal(interval({}), 70);
    assert.equal(interval({ prometheus: { scrapeInterval: "5s" } }), 30);
    assert.equal(interval({ judgement: { initialDelay: "2m" } }), 120);
    assert.equal(interval({ judgement: { interval: "15s" } }), 15);
  });

  it("take the steps that are given in place of the preset's", () => {
    const { steps } = settingsOf({
      ...least,
      preset: "slow",
      steps: [
        { weight: 10, hold: "5m" },
        { weight: 50, hold: "until promoted" },
      ],
    });
    assert.deepEqual(steps, [
      { weight: 10, hold: 300 },
      { weight: 50, hold: "until promoted" },
    ]);
  });

  it("put a person into the plan where the decisions ask for one, and let no data hold then", () => {
    const { steps, judgement } = settingsOf({ ...least, decisions: "manual" });
    assert.deepEqual(
      steps.map(({ hold }) => hold),
      ["until promoted", "until promoted", "until promoted", 600],
    );
    assert.equal(judgement.noData, "hold");
    assert.equal(settingsOf({ ...least, decisions: "automatic" }).judgement.noData, "fail");
  });

  it("are hybrid where a metric warns", () => {
    const { decisions, steps } = settingsOf({
      ...least,
      decisions: "hybrid",
      thresholds: { errorRate: { fail: "5%", warn: "2%" } },
    });
    assert.deepEqual([decisions, steps], ["hybrid", presets.fast]);
  });

  it("pass on an image that is known later, untouched", () => {
    const later = { apply: () => later };
    assert.equal(settingsOf({ ...least, image: later }).image, later);
  });

  it("take a query of the team's own with more matchers than the canary's", () => {
    const query = 'sum(rate(a{<canary>,code="500"}[<window>])) / sum(rate(a{code="500", <canary>}[5m]))';
    assert.equal(settingsOf({ ...least, metrics: [{ name: "orders", query, below: 5 }] }).metrics[0]?.query, query);
  });

  const refused: [string, object, string][] = [
    ["an unknown key", { wieght: 5 }, "wieght: unknown key; accepted: application, namespace, image,"],
    [
      "an unknown key of a step",
      { steps: [{ weight: 5, hold: "10m", pause: "1m" }] },
      "steps[0].pause: unknown key; accepted: weight, mirror, hold",
    ],
    [
      "an unknown threshold",
      { thresholds: { latencyP95: "1s" } },
      "thresholds.latencyP95: unknown key; accepted: errorRate, successRate, latency, conversionRate",
    ],
    [
      "weights that fall",
      {
        steps: [
          { weight: 50, hold: "10m" },
          { weight: 25, hold: "10m" },
        ],
      },
      "steps[1].weight = 25: weights rise from step to step, and the step before has 50; accepted: 51 to 100",
    ],
    [
      "equal weights",
      {
        steps: [
          { weight: 50, hold: "10m" },
          { weight: 50, hold: "10m" },
        ],
      },
      "steps[1].weight = 50: weights rise",
    ],
    [
      "a step after 100",
      {
        steps: [
          { weight: 100, hold: "10m" },
          { weight: 100, hold: "10m" },
        ],
      },
      "steps[1].weight = 100: weights rise from step to step, and the step before has 100; accepted: no step after",
    ],
    [
      "a weight above 100",
      { steps: [{ weight: 101, hold: "10m" }] },
      "steps[0].weight = 101: a weight, in percent of the requests, is a whole number; accepted: 1 to 100",
    ],
    ["a weight of 0", { steps: [{ weight: 0, hold: "10m" }] }, "steps[0].weight = 0:"],
    ["half a percent", { steps: [{ weight: 0.5, hold: "10m" }] }, "steps[0].weight = 0.5:"],
    [
      "a hold that does not parse",
      { steps: [{ weight: 5, hold: "10 minutes" }] },
      'steps[0].hold = "10 minutes": a hold is a duration such as "30s" or "10m", or "until promoted"',
    ],
    ["a hold without a unit", { steps: [{ weight: 5, hold: 600 }] }, "steps[0].hold = 600:"],
    [
      "a hold too short for one measurement",
      { steps: [{ weight: 5, hold: "2m" }] },
      'steps[0].hold = "2m": a hold has room for the longer of initial delay and window, and one interval of the judgement; accepted: 2m30s or longer',
    ],
    [
      "a threshold without its unit",
      { thresholds: { errorRate: "0.95" } },
      'thresholds.errorRate = "0.95": the share of failed requests',
    ],
    ["a threshold that no canary fails", { thresholds: { errorRate: "95%" } }, 'thresholds.errorRate = "95%":'],
    ["a threshold of nothing", { thresholds: { errorRate: "0%" } }, 'thresholds.errorRate = "0%":'],
    ["a latency of nothing", { thresholds: { latency: { p95: "0s" } } }, 'thresholds.latency.p95 = "0s":'],
    [
      "a quantile that is none",
      { thresholds: { latency: { median: "1s" } } },
      "thresholds.latency.median: a quantile of the latency",
    ],
    [
      "a warning after the failure",
      { thresholds: { errorRate: { fail: "1%", warn: "2%" } } },
      'thresholds.errorRate = {"fail":"1%","warn":"2%"}: the share of failed requests',
    ],
    [
      "a multiple of the stable version's value that an equal one has",
      { thresholds: { errorRate: { timesStable: 1 } } },
      "thresholds.errorRate.timesStable = 1: how many times the stable version's value a canary fails at, which an equal version keeps; accepted: more than 1, up to 100",
    ],
    [
      "a multiple that an equal one does not reach",
      { thresholds: { successRate: { timesStable: 1 } } },
      "thresholds.successRate.timesStable = 1: how many times the stable version's value a canary fails at, which an equal version keeps; accepted: more than 0, less than 1",
    ],
    [
      "a multiple of conversions of nothing",
      { thresholds: { conversionRate: { of: "a", to: "b", timesStable: 0 } } },
      "thresholds.conversionRate.timesStable = 0: how many times",
    ],
    [
      "a bound that no pod can reach",
      { thresholds: { cpu: "100%" } },
      'thresholds.cpu = "100%": the share of its limit on CPU',
    ],
    ["a level without a bound", { thresholds: { cpu: {} } }, "thresholds.cpu = {}:"],
    [
      "a query that is no PromQL",
      { metrics: [{ name: "orders", query: "sum(", below: 5 }] },
      'metrics[0].query = "sum(": it is no PromQL: it ends too early',
    ],
    [
      "a query that does not tell the canary apart",
      { metrics: [{ name: "orders", query: "sum(rate(a{<canary>}[5m])) / sum(rate(b[5m]))", below: 5 }] },
      'metrics[0].query = "sum(rate(a{<canary>}[5m])) / sum(rate(b[5m]))": it does not tell',
    ],
    [
      "a query that answers a range",
      { metrics: [{ name: "orders", query: "a{<canary>}[5m]", below: 5 }] },
      'metrics[0].query = "a{<canary>}[5m]": it answers a range',
    ],
    [
      "a query of the wrong types",
      { metrics: [{ name: "orders", query: "sum(rate(a{<canary>}))", below: 5 }] },
      'metrics[0].query = "sum(rate(a{<canary>}))": Prometheus would refuse it: expected type matrix in call to function "rate", got vector',
    ],
    [
      "a query with a function that takes more",
      { metrics: [{ name: "orders", query: "histogram_quantile(a{<canary>})", below: 5 }] },
      'metrics[0].query = "histogram_quantile(a{<canary>})": Prometheus would refuse it: expected 2 argument(s)',
    ],
    ["a metric without a bound", { metrics: [{ name: "orders", query: "sum(a{<canary>})" }] }, "metrics[0] = {"],
    [
      "a window of a metric's own that is too short",
      { metrics: [{ name: "orders", query: "sum(rate(a{<canary>}[30s]))", below: 5 }] },
      'metrics[0].query = "sum(rate(a{<canary>}[30s]))": it looks back 30s',
    ],
    [
      "two metrics of one name",
      { metrics: [{ name: "cpu", query: "sum(a{<canary>})", below: 5 }], thresholds: { cpu: "80%" } },
      'metrics[0].name = "cpu": ',
    ],
    [
      "decisions that are none",
      { decisions: "semi" },
      'decisions = "semi": who decides that the release goes on; accepted: as planned, automatic, manual, manual before 100, hybrid',
    ],
    [
      "decisions that ask nobody, and a step that asks",
      { decisions: "automatic", steps: [{ weight: 5, hold: "until promoted" }] },
      'decisions = "automatic": nobody is asked, and steps[0].hold = "until promoted" asks a person; accepted: ',
    ],
    [
      "decisions that ask nobody, and no data that holds",
      { decisions: "automatic", judgement: { noData: "hold" } },
      'decisions = "automatic": nobody is asked, and judgement.noData = "hold" asks a person',
    ],
    [
      "decisions that ask nobody, and a warning",
      { decisions: "automatic", thresholds: { errorRate: { fail: "5%", warn: "2%" } } },
      'decisions = "automatic": nobody is asked, and thresholds.errorRate.warn asks a person',
    ],
    [
      "decisions that wait for a warning that none gives",
      { decisions: "hybrid" },
      'decisions = "hybrid": a person is asked where a metric warns, and none does; accepted: a warn, as in',
    ],
    [
      "decisions with a person, and no data that fails at a time",
      { decisions: "manual", judgement: { noData: "hold, then fail" } },
      'judgement.noData = "hold, then fail": ',
    ],
    [
      "no data that holds an untimed first step",
      { steps: [{ weight: 5, hold: "until promoted" }], judgement: { noData: "hold, then fail" } },
      'judgement.noData = "hold, then fail": ',
    ],
    [
      "a window shorter than four scrapes",
      { judgement: { window: "30s" } },
      'judgement.window = "30s": a window spans at least four scrape intervals; accepted: 2m or longer',
    ],
    [
      "no data that passes without a reason",
      { judgement: { noData: { pass: "" } } },
      'judgement.noData.pass = "": what no data means',
    ],
    ["a rate of 0", { judgement: { leastRequestRate: "0/s" } }, 'judgement.leastRequestRate = "0/s":'],
    [
      "fewer requests than any release is judged by",
      { traffic: { requestRate: "1/m" } },
      'judgement.leastRequestRate = (missing): a canary needs 0.1 requests/s to be judged, and step 2 gives it at most 0.00417 of the 0.0167 that all users make (traffic.requestRate), so that no release would get past it; accepted: at most "15/h"',
    ],
    [
      "fewer requests than its one step is judged by",
      {
        traffic: { requestRate: "2/s" },
        steps: [{ weight: 50, hold: "1h" }],
        judgement: { leastRequestRate: "61/m", noData: "fail" },
      },
      'judgement.leastRequestRate = "61/m": a canary needs 1.02 requests/s to be judged, and step 1 gives it at most 1 of the 2',
    ],
    [
      "another router",
      { router: "haproxy" },
      'router = "haproxy": the router; accepted: service, nginx, istio, gateway-api, traefik',
    ],
    [
      "another controller",
      { controller: "spinnaker" },
      'controller = "spinnaker": the controller; accepted: pulumi, argo-rollouts',
    ],
    [
      "a preset without room for the judgement",
      { preset: "Linear10PercentEvery1Minute" },
      'preset = "Linear10PercentEvery1Minute": its step 1 is held for 1m, which has no room for the judgement; accepted: a plan with holds of 2m30s',
    ],
    [
      "an exception without a reason",
      { exceptions: { "first-weight": "until 2027-01-31: ok" } },
      'exceptions.first-weight = "until 2027-01-31: ok": until when, and why',
    ],
    [
      "an unknown preset",
      { preset: "yolo" },
      'preset = "yolo": the name of a plan; accepted: fast, slow, soak, 20-50-100, Canary10Percent5Minutes,',
    ],
    [
      "a name that is no DNS label",
      { application: "Shop_1" },
      'application = "Shop_1": the application\'s name is a DNS label',
    ],
    ["an image with a space", { image: "shop 1" }, 'image = "shop 1": an image reference'],
    [
      "no replicas",
      { replicas: 0 },
      "replicas = 0: the number of pods of the stable version is a whole number; accepted: 1 to 1000",
    ],
    [
      "the user root",
      { runAsUser: 0 },
      "runAsUser = 0: the user that the container runs as, never root, is a whole number",
    ],
    ["a missing image", { image: undefined }, "image = (missing): an image reference"],
    [
      "a list where a map belongs",
      { resources: [] },
      "resources = []: a value of another type is needed; accepted: a map",
    ],
    [
      "an amount that is no quantity",
      { resources: { limits: { cpu: "lots" } } },
      'resources.limits.cpu = "lots": an amount of a resource',
    ],
    [
      "an address that is no URL",
      { prometheus: { address: "prometheus:9090" } },
      'prometheus.address = "prometheus:9090": where Prometheus answers',
    ],
  ];
  for (const [what, change, expected] of refused) {
    it(`refuse ${what}`, () => {
      const refusals = refusedFor({ ...least, ...change });
      assert.equal(refusals.length, 1, refusals.join("\n"));
      assert.ok(refusals[0]?.startsWith(expected), refusals[0]);
    });
  }

  const enough: [string, Partial<ReleaseArgs>][] = [
    [
      "just enough requests",
      {
        traffic: { requestRate: "2/s" },
        steps: [{ weight: 50, hold: "1h" }],
        judgement: { leastRequestRate: "60/m", noData: "fail" },
      },
    ],
    ["few requests in a first step that holds for a person", { traffic: { requestRate: "30/m" } }],
    ["few requests that hold for a person", { traffic: { requestRate: "1/m" }, judgement: { noData: "hold" } }],
    [
      "few requests that pass",
      { traffic: { requestRate: "1/m" }, judgement: { noData: { pass: "an internal tool" } } },
    ],
    [
      "few requests beside a segment, which may have more",
      {
        traffic: { requestRate: "1/m" },
        segments: [{ name: "staff", gets: "canary", when: [{ header: "x-staff", exact: "yes" }] }],
      },
    ],
  ];
  for (const [what, change] of enough)
    it(`accept ${what}`, () => assert.deepEqual(refusedFor({ ...least, ...change }), []));

  it("name every refused key at once", () => {
    assert.equal(refusedFor({ ...least, replicas: 0, preset: "yolo", extra: 1 }).length, 3);
  });

  it("never show the value of an environment variable, which may be a secret", () => {
    const refusals = refusedFor({ ...least, environment: { TOKEN: 12345, "not-a-name": "s3cret" } });
    assert.equal(refusals.length, 2);
    assert.doesNotMatch(refusals.join("\n"), /12345|s3cret/);
  });

  it("never accept a plan whose weights do not rise", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(weights, (all) => {
        const rises = all.every((weight, index) => index === 0 || weight > (all[index - 1] ?? 0));
        return (refusedFor({ ...least, steps: all.map((weight) => ({ weight, hold: "1h" })) }).length === 0) === rises;
      }),
    );
  });

  it("answer anything at all with settings or a refusal", () => {
    fc.assert(fc.property(fc.anything(), (anything) => refusedFor(anything).length > 0));
    fc.assert(
      fc.property(
        fc.constantFrom(...releaseKeys),
        fc.anything(),
        (key, value) => refusedFor({ ...least, [key]: value }).length >= 0,
      ),
    );
  });
});
