import assert from "node:assert/strict";
import { ignoredFields } from "../../../../../components/declare";
import { type Input, notKnown } from "../../../../../policies/objects/input";
import { ObjectSet } from "../../../../../policies/objects/objectSet";
import { exposure } from "../../../../../policies/rules/weights/exposure";
import { promiseOf } from "../../../../../release/promise/promise";
import type { ReleaseArgs } from "../../../../../release/settings";
import { releaseWith } from "../../../../support/releases";
import {
  allFindings,
  annotated,
  canary,
  input,
  metricTemplate,
  rollout,
  safeMetric,
  steps,
  template,
  withQuery,
} from "../../objects";
import { judgeTable } from "../../table";

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

judgeTable("exposure", [
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
  ["two windows", at100({}, withQuery(share("2m").replace("[2m]", "[5m]"))), "not judged", /looks back over 5m and 2m/],
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
]);

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
      const [found] = allFindings(exposure, new ObjectSet(inputs), { most: 0 });
      const promised = Math.max(
        ...(promiseOf(settings, release)?.steps ?? []).map(({ worst }) => worst.at(-1)?.badRequests ?? 0),
      );
      assert.match(found?.message ?? "", new RegExp(`up to ${promised} of them fail`));
    });
  }
});
