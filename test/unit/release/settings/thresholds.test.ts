import { itRefuses } from "../../../support/releases";

describe("the thresholds", () => {
  itRefuses([
    [
      "an unknown threshold",
      { thresholds: { latencyP95: "1s" } },
      "thresholds.latencyP95: unknown key; accepted: errorRate, successRate, latency, conversionRate",
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
      "a bound of a level that is none",
      { thresholds: { conversionRate: { of: "a", to: "b", fail: "10" } } },
      'thresholds.conversionRate.fail = "10": the share of visitors that must convert, with its sign; accepted: "0.01%" to "100%"',
    ],
    [
      "a quantile finer than a metric's name has room for",
      { thresholds: { latency: { "p99.99999": "1s" } } },
      "thresholds.latency.p99.99999: a quantile of the latency; accepted: ",
    ],
    [
      "more restarts than are counted",
      { thresholds: { restarts: 101 } },
      "thresholds.restarts = 101: the most restarts within the window; accepted: 0 to 100",
    ],
  ]);
});
