import assert from "node:assert/strict";
import { itRefuses, settingsWith } from "../../../support/releases";

describe("metrics of the team's own", () => {
  it("take more matchers than the canary's", () => {
    const query = 'sum(rate(a{<canary>,code="500"}[<window>])) / sum(rate(a{code="500", <canary>}[5m]))';
    assert.equal(settingsWith({ metrics: [{ name: "orders", query, below: 5 }] }).metrics[0]?.query, query);
  });

  it("answer one sample each", () => {
    for (const query of [
      "sum(a{<canary>})",
      "-max(a{<canary>}) + 1",
      "(sum(a{<canary>}) by ())",
      "sum(a{<canary>}) / sum(b{<canary>}) or vector(0)",
      "clamp_min(avg(a{<canary>}), 1) * 100 > bool 5",
      "histogram_quantile(0.9, sum by (le) (rate(a{<canary>}[<window>])))",
      "max_over_time(sum(a{<canary>})[5m:1m])",
      "absent(a{<canary>})",
      "sum(a{<canary>} offset 5m) unless sum(b{<canary>})",
    ])
      assert.doesNotThrow(() => settingsWith({ metrics: [{ name: "orders", query, below: 5 }] }), query);
  });

  const long = (length: number) => "a".repeat(length);
  const query = "sum(a{<canary>})";
  itRefuses([
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
      "a name that Kubernetes refuses",
      { metrics: [{ name: long(64), query, below: 5 }] },
      `metrics[0].name = "${long(64)}": the name of a metric is a DNS label; accepted: lower case letters, digits and '-', at most 63`,
    ],
    [
      "a name that another one has",
      {
        metrics: [
          { name: "orders", query, below: 5 },
          { name: "orders", query, below: 6 },
        ],
      },
      'metrics[1].name = "orders": a metric\'s name is its own',
    ],
    ...[
      "a{<canary>}",
      "rate(a{<canary>}[5m])",
      "sum by (pod) (a{<canary>})",
      "sum without (pod) (a{<canary>})",
      "topk(3, a{<canary>})",
      'count_values("v", a{<canary>})',
      "sum(a{<canary>}) / on() group_right a{<canary>}",
      "scalar(sum(a{<canary>}))",
      "histogram_quantile(0.9, sum by (le, pod) (a{<canary>}))",
      "max_over_time(a{<canary>}[5m])",
    ].map(
      (many) =>
        [
          `a query that may answer another number of samples than one: ${many}`,
          { metrics: [{ name: "orders", query: many, below: 5 }] },
          `metrics[0].query = ${JSON.stringify(many)}: it may answer a scalar, or several samples of which only the first is judged`,
        ] as const,
    ),
    [
      "a query that a controller would expand",
      { metrics: [{ name: "orders", query: 'sum(a{<canary>,b="{{args.x}}"})', below: 5 }] },
      'metrics[0].query = "sum(a{<canary>,b=\\"{{args.x}}\\"})": Argo Rollouts and Flagger would expand {{',
    ],
    [
      "a query that is nested too deep",
      { metrics: [{ name: "orders", query: `${"(".repeat(5000)}sum(a{<canary>})${")".repeat(5000)}`, below: 5 }] },
      'metrics[0].query = "((((',
    ],
    ...[NaN, Infinity, 1e-9, -1e300].map(
      (below) =>
        [
          `a bound of ${below}`,
          { metrics: [{ name: "orders", query, below }] },
          `metrics[0].below = ${below}: a bound is a number`,
        ] as const,
    ),
    ["a warning after the failure", { metrics: [{ name: "orders", query, below: 5, warn: 6 }] }, "metrics[0] = {"],
  ]);
});
