import assert from "node:assert/strict";
import { ignoredFields } from "../../../../components/declare";
import { aboutRequests } from "../../../../policies/metrics/failedRequests";
import { Field, NotReadable, notKnown, type Input } from "../../../../policies/objects/field";
import { judgeAll } from "../../../../policies/gate/judge";
import { outcome, parseConditions } from "../../../../policies/metrics/analysisMetric";
import { Objects } from "../../../../policies/objects/objects";
import { parsed } from "../../../../policies/languages/emptyAnswer";
import { exposure } from "../../../../policies/rules/weights/exposure";
import { promiseOf } from "../../../../release/promise/promise";
import type { ReleaseArgs } from "../../../../release/settings";
import { releaseWith } from "../../../support/releases";
import { annotated, canary, input, metricTemplate, rollout, safeMetric, steps, template, withQuery } from "../objects";
import { judgeTables, type Case } from "../table";

const many = { replicas: 20 };
/** A Rollout with 100 requests a second, and its template; each differs from a safe one in what is given. */
const at100 = (change: object = {}, metric: object = {}, spec: object = {}): Input[] => [
  rollout({ ...change }, many, annotated()),
  template({ ...metric }, { ...spec }),
];
const withRate = (requestRate: unknown): Input[] => [rollout({}, many, annotated(requestRate)), template()];
const share = (range: string) =>
  `sum(rate(requests_total{service="web-canary",code=~"5.."}[${range}])) / sum(rate(requests_total{service="web-canary"}[${range}]))`;
const inline = { analysis: { templates: [{ templateName: "web" }] } };

const flagger = (change: object = {}, metric: object = {}): Input[] => {
  const { object } = canary({
    interval: "1m",
    threshold: 3,
    metrics: [{ name: "request-success-rate", interval: "1m", thresholdRange: { min: 99 }, ...metric }],
    ...change,
  });
  return [input({ ...object, metadata: { name: "web", annotations: { "canary/request-rate": "100/s" } } })];
};
const errors = { name: "errors", thresholdRange: { max: 0.01 }, templateRef: { name: "errors" } };

const cases: Record<string, readonly Case[]> = {
  exposure: [
    ["a metric that takes a bad version back soon", at100(), "passes"],
    [
      "measurements that are four minutes apart",
      at100({}, { interval: "4m", failureLimit: 1 }),
      "violation",
      /steps\[4\]\.setWeight: a version that fails all its requests from here on is back at weight 0 in .*m.*s, and up to \d+ of them fail \(\d+ %\); accepted: at most 10 % of a month's error budget at 99\.9 %/,
    ],
    [
      "a window of half an hour",
      at100({ steps: [...steps(5, 25), { setWeight: 50 }, { pause: { duration: "1h" } }] }, withQuery(share("30m"))),
      "passes",
    ],
    [
      "so many failures tolerated that the plan is over first",
      at100({}, { failureLimit: 100 }),
      "violation",
      /steps\[0\]\.setWeight: .*is not surely taken back, and there is no bound/,
    ],
    [
      "an analysis that begins a day after the first weight",
      at100(
        {
          analysis: { templates: [{ templateName: "web" }] },
          steps: [{ setWeight: 5 }, { pause: { duration: "24h" } }, ...steps(25, 50)],
        },
        { initialDelay: "24h" },
      ),
      "violation",
    ],
    [
      "no request rate",
      [rollout({}, many), template()],
      "not judged",
      /canary\/request-rate: is not there.*accepted: all requests at their peak, as "100\/s"/,
    ],
    ["a request rate without a unit", withRate("100"), "not judged", /is no rate of requests; accepted: .*"100\/s"/],
    ["a request rate of 0", withRate("0/s"), "not judged"],
    ["a request rate that is not known yet", withRate(notKnown), "not judged"],
    [
      "a window from an argument that has a value",
      at100({}, withQuery(share("{{args.window}}")), { args: [{ name: "window", value: "2m" }] }),
      "passes",
    ],
    [
      "a window from an argument that has none",
      at100({}, withQuery(share("{{args.window}}")), { args: [{ name: "window", valueFrom: { secretKeyRef: {} } }] }),
      "not judged",
      /query: looks back over an argument/,
    ],
    [
      "two windows",
      at100({}, withQuery(share("2m").replace("[2m]", "[5m]"))),
      "not judged",
      /looks back over 5m and 2m/,
    ],
    [
      "a threshold from an argument that has a value",
      at100({}, { successCondition: "result[0] < {{args.most}}" }, { args: [{ name: "most", value: "0.05" }] }),
      "passes",
    ],
    [
      "a threshold from an argument that has none",
      at100({}, { successCondition: "result[0] < {{args.most}}" }, { args: [{ name: "most" }] }),
      "not judged",
      /successCondition: has an argument/,
    ],
    [
      "a condition that cannot be evaluated here",
      at100({}, { successCondition: 'result.status == "ok"' }),
      "not judged",
      /cannot be evaluated/,
    ],
    [
      "a metric of latency alone",
      at100({}, withQuery('histogram_quantile(0.95, sum by (le) (rate(seconds_bucket{service="web-canary"}[2m])))')),
      "not judged",
      /no metric that is known here to see requests which fail/,
    ],
    ["a provider that is not known", at100({}, { provider: { web: {} } }), "not judged", /known: prometheus/],
    ["a template that is elsewhere", at100().slice(0, 1), "not judged", /AnalysisTemplate web, which is not among/],
    [
      "measurements that end before the release",
      at100({}, { count: 5 }),
      "not judged",
      /metrics\[0\]\.count: ends the measurements/,
    ],
    ["any number of failures", at100({}, { failureLimit: -1 }), "not judged", /no metric/],
    [
      "an analysis as a step",
      at100({ steps: [{ setWeight: 5 }, inline, ...steps(25, 50)] }),
      "not judged",
      /takes a time that is not known/,
    ],
    [
      "an analysis as a step before the first weight",
      at100({ steps: [{ setCanaryScale: { weight: 5 } }, inline, ...steps(5, 25, 50)] }),
      "passes",
    ],
    [
      "an analysis that begins when a person promotes",
      at100({
        analysis: { templates: [{ templateName: "web" }], startingStep: 3 },
        steps: [{ setWeight: 5 }, { pause: {} }, ...steps(25, 50)],
      }),
      "not judged",
      /startingStep/,
    ],
    [
      "a weight that falls, which another rule refuses",
      at100({ steps: steps(5, 50, 25) }),
      "not judged",
      /is less than the weight before/,
    ],
    [
      "a share of the pods that no number of them is",
      [rollout({}, { replicas: 3 }, annotated()), template()],
      "not judged",
      /no whole number of pods/,
    ],
    [
      "a router that splits by weight",
      [rollout({ trafficRouting: { traefik: {} } }, { replicas: 3 }, annotated()), template()],
      "passes",
    ],
    [
      "fewer requests than the release goes on with",
      at100(
        {},
        {},
        {
          metrics: [
            safeMetric,
            {
              ...safeMetric,
              name: "requests",
              successCondition: "result[0] >= 10",
              ...withQuery('sum(rate(requests_total{service="web-canary"}[2m]))'),
            },
          ],
        },
      ),
      "not judged",
      /fewer requests than the 10\/s/,
    ],
    ["a blue-green Rollout", [rollout({}, { strategy: { blueGreen: {} } })], "passes"],
    ["a Canary that fails its checks soon", flagger(), "passes"],
    [
      "a Canary that tolerates nineteen failed checks",
      flagger({ threshold: 20 }),
      "violation",
      /stepWeights\[\d\]: .*of them fail/,
    ],
    ["a Canary with a check every ten minutes", flagger({ interval: "10m" }, { interval: "10m" }), "violation"],
    [
      "a Canary that a webhook holds",
      flagger({ webhooks: [{ type: "confirm-traffic-increase" }] }),
      "not judged",
      /webhooks\[0\]/,
    ],
    ["a Canary without a request rate", [canary()], "not judged", /canary\/request-rate/],
    [
      "a Canary that is judged by a duration alone",
      flagger({ metrics: [{ name: "request-duration", thresholdRange: { max: 500 } }] }),
      "not judged",
      /no metric/,
    ],
    [
      "a Canary's template over the interval of its metric",
      [...flagger({ metrics: [{ ...errors, interval: "1m" }] }), metricTemplate(share("{{ interval }}"))],
      "passes",
    ],
    [
      "a Canary's template over a variable",
      [...flagger({ metrics: [errors] }), metricTemplate(share("{{ variables.window }}"))],
      "not judged",
      /looks back over an argument/,
    ],
    ["a Canary's template that is elsewhere", flagger({ metrics: [errors] }), "not judged"],
    ["a Canary that skips its analysis, which another rule refuses", [canary({}, { skipAnalysis: true })], "passes"],
  ],
};

judgeTables(cases);

describe("what a metric sees of requests", () => {
  const of = (text: string, success: string, failure = "") => {
    const conditions = parseConditions(success, failure);
    return aboutRequests(new Field({ object: {} }), parsed(text), (result) => outcome(conditions, result));
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

describe("the exposure of a release of this program", () => {
  const releases: readonly Partial<ReleaseArgs>[] = [
    {},
    { preset: "20-50-100" },
    { router: "service", replicas: 20 },
    {
      router: "istio",
      steps: [
        { mirror: 10, hold: "10m" },
        { weight: 5, hold: "10m" },
        { weight: 30, hold: "until promoted" },
        { weight: 50, hold: "10m" },
      ],
    },
    { telemetry: "ingress-nginx", judgement: { noData: "fail" } },
    {
      thresholds: { errorRate: { fail: "1%", warn: "0.5%", timesStable: 3 } },
      judgement: { noData: "hold", leastRequestRate: "1/s", window: "5m", interval: "1m" },
    },
  ];
  for (const change of releases) {
    it(`is the number that its plan promises: ${JSON.stringify(change)}`, () => {
      const release = releaseWith({ traffic: { requestRate: "100/s" }, ...change });
      const { settings, objects, owned } = release;
      const inputs = objects.map(({ role, object }) => ({
        object: object as unknown as Input["object"],
        ignoredFields: ignoredFields(role, owned),
      }));
      const [found] = judgeAll(exposure, new Objects(inputs), { most: 0 });
      const promised = Math.max(
        ...(promiseOf(settings, release)?.steps ?? []).map(({ worst }) => worst.at(-1)?.badRequests ?? 0),
      );
      assert.match(found?.message ?? "", new RegExp(`up to ${promised} of them fail`));
    });
  }
});
