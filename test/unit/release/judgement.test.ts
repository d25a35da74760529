import assert from "node:assert/strict";
import { metrics, type Judgement } from "../../../release/judgement";
import { applicationTelemetry } from "../../../release/telemetry";

const judgement: Judgement = { interval: 30, window: 120, initialDelay: 70, failuresTolerated: 2, noData: "fail", leastRequestRate: 0.1 };
const telemetry = applicationTelemetry({ namespace: "shop", version: "2" });

describe("judgement", () => {
  it("measures request rate, error rate and latency of the canary's requests alone", () => {
    const all = metrics(telemetry, { errorRate: 0.05, latencyP95: 1 }, judgement);
    assert.deepEqual(all.map(({ name, query, words }) => [name, query, words]), [
      ["request-rate", 'sum(rate(http_server_request_duration_seconds_count{namespace="shop",version="2"}[2m]))', "at least 0.1 requests/s"],
      [
        "error-rate",
        '(sum(rate(http_server_request_duration_seconds_count{namespace="shop",version="2",http_response_status_code=~"5.."}[2m])) or vector(0))' +
          ' / sum(rate(http_server_request_duration_seconds_count{namespace="shop",version="2"}[2m]))',
        "below 5 %",
      ],
      [
        "latency-p95",
        'histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket{namespace="shop",version="2"}[2m])))',
        "below 1s",
      ],
    ]);
  });

  it("asks for no least rate of requests where no data passes", () => {
    const all = metrics(telemetry, { errorRate: 0.05, latencyP95: 1 }, { ...judgement, noData: { pass: "an internal tool" } });
    assert.deepEqual(all.map(({ name }) => name), ["error-rate", "latency-p95"]);
  });
});
