import assert from "node:assert/strict";
import { outcome, parseConditions } from "../../../../policies/kinds/rollout/conditions";
import { aboutRequests } from "../../../../policies/metrics/failedRequests";
import { Field, NotReadable } from "../../../../policies/objects/field";

describe("what a metric sees of requests", () => {
  const of = (text: string, success: string, failure = "") => {
    const conditions = parseConditions(success, failure);
    return aboutRequests(new Field({ object: {} }), text, (result) => outcome(conditions, result));
  };
  const ratio = (matcher: string) => `sum(rate(requests_total{${matcher}}[5m])) / sum(rate(requests_total[5m]))`;
  const seen: readonly (readonly [
    what: string,
    query: string,
    success: string,
    equalFails: boolean,
    failure?: string,
  ])[] = [
    ["a share of failed requests", ratio('code=~"5.."'), "result[0] < 0.05", true],
    ["a share in percent", `100 * ${ratio('status=~"5.*"')}`, "result[0] <= 5", false],
    ["a share that goes well", ratio('code!~"5.."'), "result[0] >= 0.95", false, ""],
    ["the rest of a share", `1 - ${ratio('response_code=~"5.*|0"')}`, "result[0] > 0.95", true],
    ["a failure condition", ratio('code=~"5.."'), "", true, "result[0] >= 0.05"],
    ["codes of gRPC", ratio('grpc_code!="OK"'), "result[0] < 0.05", true],
    ["Linkerd's words", ratio('classification="success"'), "result[0] >= 0.95", false],
    [
      "a metric of failures",
      "sum(increase(failures_total[5m])) / sum(increase(requests_total[5m]))",
      "result[0] < 0.05",
      true,
    ],
    [
      "failures beside successes",
      "sum(rate(errors_total[5m])) / (sum(rate(errors_total[5m])) + sum(rate(success_total[5m])))",
      "result[0] < 0.05",
      true,
    ],
    [
      "a default, and a floor of the requests",
      '(sum(rate(x_total{code=~"5.."}[5m])) or vector(0)) / sum(rate(x_total[5m]))',
      "result[0] < 0.05",
      true,
    ],
  ];
  for (const [title, text, success, equalFails, failure] of seen) {
    it(`is ${title}`, () => {
      const found = of(text, success, failure);
      assert.ok(found && "threshold" in found, text);
      assert.ok(Math.abs(found.threshold - 0.05) < 1e-6 && found.window === 300, JSON.stringify(found));
      assert.equal(found.equalFails, equalFails);
    });
  }

  it("is how many there are", () =>
    assert.deepEqual(of('sum(rate(requests_total{app="a"}[1m]))', "result[0] >= 2.5"), { leastRequestRate: 2.5 }));

  const others: readonly (readonly [string, string, string, string?])[] = [
    ["a mean time", "sum(rate(seconds_sum[5m])) / sum(rate(seconds_count[5m]))", "result[0] < 0.5"],
    ["a quantile", "histogram_quantile(0.9, sum by (le) (rate(seconds_bucket[5m])))", "result[0] < 0.5"],
    ["a number of failures", "sum(rate(errors_total[5m]))", "result[0] < 5"],
    ["one code of many that a failed request may have", ratio('code="500"'), "result[0] < 0.05"],
    ["a share that every version keeps", ratio('code=~"5.."'), "result[0] < 2"],
    ["a share that no version keeps", ratio('code=~"5.."'), "result[0] < 0"],
    ["a share whose failure holds for a person", ratio('code=~"5.."'), "result[0] < 0.05", "false"],
    ["a difference from the stable version", `${ratio('code=~"5.."')} > 0.5`, "result[0] < 0.05"],
    ["a gauge", "avg(queue_length)", "result[0] < 10"],
  ];
  for (const [title, text, success, failure] of others)
    it(`is nothing where it is ${title}`, () => assert.equal(of(text, success, failure), undefined));

  it("is not known where an argument is a part of the query", () =>
    assert.throws(() => of("{{args.query}}", "result[0] < 0.05"), NotReadable));
});
