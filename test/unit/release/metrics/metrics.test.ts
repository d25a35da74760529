import assert from "node:assert/strict";
import { metrics, type JudgementSettings, type Measured } from "../../../../release/metrics/metrics";
import type { Unit } from "../../../../release/metrics/unit";
import { parseQuery, selectorsOf } from "../../../../release/metrics/promql";
import type { ReleaseArgs } from "../../../../release/settings";
import { openTelemetry } from "../../../../release/metrics/openTelemetry";
import type { Telemetry, Version } from "../../../../release/metrics/telemetry";
import { settingsWith } from "../../../support/releases";

const judgement: JudgementSettings = {
  interval: 30,
  window: 120,
  initialDelay: 70,
  failuresTolerated: 2,
  noData: "fail",
  leastRequestRate: 0.1,
};
const version = (track: string): Version => ({
  namespace: "shop",
  application: "shop",
  labels: { version: track },
  pods: `shop-${track}-.*`,
  service: `shop-${track}`,
  workload: `shop-${track}`,
  isCanary: track === "canary",
});
const requestsOf = (of: Version): Telemetry => openTelemetry(of) as Telemetry;
const measured: Measured = {
  canary: version("canary"),
  stable: version("stable"),
  canaryRequests: requestsOf(version("canary")),
  stableRequests: requestsOf(version("stable")),
};
const judgedBy = (change: Pick<ReleaseArgs, "thresholds" | "metrics"> = {}, how: Partial<JudgementSettings> = {}) => {
  const settings = settingsWith(change);
  return metrics(measured, settings.thresholds, settings.metrics, { ...judgement, ...how });
};

describe("judgement", () => {
  it("measures request rate, error rate and latency of the canary's requests alone", () => {
    assert.deepEqual(
      judgedBy().map(({ name, query, words }) => [name, query, words]),
      [
        [
          "request-rate",
          'sum(rate(http_server_request_duration_seconds_count{namespace="shop",version="canary"}[2m]))',
          "at least 0.1 requests/s",
        ],
        [
          "error-rate",
          '(sum(rate(http_server_request_duration_seconds_count{namespace="shop",version="canary",http_response_status_code=~"5.."}[2m])) or vector(0))' +
            ' / sum(rate(http_server_request_duration_seconds_count{namespace="shop",version="canary"}[2m]))',
          "below 5 %",
        ],
        [
          "latency-p95",
          'histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket{namespace="shop",version="canary"}[2m])))',
          "below 1s",
        ],
      ],
    );
  });

  it("asks for no least rate of requests where no data passes, and twice where it holds at first", () => {
    const names = (noData: JudgementSettings["noData"]) =>
      judgedBy({}, { noData }).map(({ name, during }) => [name, during].filter(Boolean).join(" in "));
    assert.deepEqual(names({ pass: "an internal tool" }), ["error-rate", "latency-p95"]);
    assert.deepEqual(names("hold, then fail"), [
      "request-rate-first in the first hold",
      "request-rate in later holds",
      "error-rate",
      "latency-p95",
    ]);
  });

  const all: NonNullable<ReleaseArgs["thresholds"]> = {
    errorRate: { fail: "5%", warn: "2%", timesStable: 3 },
    successRate: "99%",
    latency: { p95: { fail: "1s", timesStable: 1.5 }, "p99.9": "3s" },
    conversionRate: { of: "visitors_total", to: "conversions_total", fail: "10%", timesStable: 0.9 },
    cpu: "80%",
    memory: { fail: "80%", warn: "70%" },
    restarts: 0,
  };
  const words: [name: string, words: string, unit: Unit][] = [
    ["error-rate", "below 5 %, holds unless below 2 %", "share"],
    ["error-rate-vs-stable", "below 3 times the stable version's", "times"],
    ["success-rate", "at least 99 %", "share"],
    ["latency-p95", "below 1s", "seconds"],
    ["latency-p95-vs-stable", "below 1.5 times the stable version's", "times"],
    ["latency-p99.9", "below 3s", "seconds"],
    ["conversion-rate", "at least 10 %", "share"],
    ["conversion-rate-vs-stable", "at least 0.9 times the stable version's", "times"],
    ["cpu", "below 80 %", "share"],
    ["memory", "below 80 %, holds unless below 70 %", "share"],
    ["restarts", "below 1", "restarts"],
  ];
  it("has a metric for each bound, and one for each comparison with the stable version", () => {
    assert.deepEqual(
      judgedBy({ thresholds: all })
        .slice(1)
        .map((metric) => [metric.name, metric.words, metric.unit]),
      words,
    );
  });

  it("asks PromQL of one version's series in each selector, and of both where it compares", () => {
    for (const { name, query } of judgedBy({
      thresholds: all,
      metrics: [{ name: "orders", query: "sum(rate(orders_failed_total{<canary>}[<window>]))", below: 5 }],
    })) {
      const versions = selectorsOf(parseQuery(query)).map(({ matchers }) => {
        const text = matchers.map(({ value }) => value).join(" ");
        return text.includes("canary") ? "canary" : text.includes("stable") ? "stable" : "neither";
      });
      assert.deepEqual(
        [...new Set(versions)].sort(),
        name.endsWith("-vs-stable") ? ["canary", "stable"] : ["canary"],
        query,
      );
    }
  });

  it("lets a comment of a query of the team's own end before what follows it", () => {
    const [own] = judgedBy({ metrics: [{ name: "orders", query: "sum(a{<canary>}) # of all", below: 5 }] }).slice(-1);
    assert.doesNotThrow(() => parseQuery(`(${own?.query ?? ""}) >= 1`));
  });

  it("puts the canary's labels and the window into a query of the team's own", () => {
    const [own] = judgedBy({
      metrics: [{ name: "orders", query: "sum(rate(orders_failed_total{<canary>}[<window>]))", below: 5, warn: 2 }],
    }).slice(-1);
    assert.equal(own?.query, 'sum(rate(orders_failed_total{namespace="shop",version="canary"}[2m]))');
    assert.deepEqual(
      [own?.passes, own?.warns, own?.words, own?.unit],
      [{ is: "<", threshold: 5 }, 2, "below 5, holds unless below 2", "number"],
    );
  });

  it("takes the unit of a metric of the team's own for that of no other, whatever its name", () => {
    const named = (name: string) => judgedBy({ metrics: [{ name, query: "sum(a{<canary>})", below: 5 }] }).at(-1)?.unit;
    assert.deepEqual(["latencies", "orders-vs-stable", "request-rates"].map(named), ["number", "number", "number"]);
  });

  it("compares with at least a thousandth of errors, lest every error be a multiple of none", () => {
    const [relative] = judgedBy({ thresholds: { errorRate: { timesStable: 2 } } }).filter(
      ({ name }) => name === "error-rate-vs-stable",
    );
    assert.match(relative?.query ?? "", /clamp_min\(.*, 0\.001\)$/);
  });
});
