import { notKnown, type Input } from "../../../../policies/objects/field";
import {
  canary,
  canaryWithTemplate,
  input,
  metricTemplate,
  rollout,
  safeMetric,
  service,
  template,
  withQuery,
} from "../objects";
import { judgeTables, type Case } from "../table";

const metric = (change: object) =>
  canary({ metrics: [{ name: "request-success-rate", thresholdRange: { min: 99 }, ...change }] });
const share = (labels: string) => `sum(rate(failures_total{${labels}}[2m])) / sum(rate(requests_total{${labels}}[2m]))`;

const hash = { name: "hash", valueFrom: { podTemplateHashValue: "Latest" } };
/** A release judged by a query, with these arguments given by the Rollout and declared by the template. */
function asked(
  query: string,
  args: readonly object[] = [hash],
  declared: readonly object[] = args.map(({ name }: { name?: string }) => ({ name })),
): Input[] {
  return [
    rollout({ analysis: { templates: [{ templateName: "web" }], args } }),
    template(withQuery(query), { args: declared }),
  ];
}
const argument = (change: object) => [{ name: "hash", ...change }];

const cases: Record<string, readonly Case[]> = {
  "judged-by-a-metric": [
    [
      "an argument whose default a template that is elsewhere may have",
      [
        rollout({ analysis: { templates: [{ templateName: "web" }, { templateName: "away" }] } }),
        template({}, { args: [{ name: "hash" }] }),
      ],
      "not judged",
      /away/,
    ],
    [
      "an experiment with an analysis",
      [rollout({ analysis: undefined, steps: [{ setWeight: 5 }, { experiment: { analyses: [{}] } }] })],
      "not judged",
      /experiment\.analyses/,
    ],
    ["a step of a plugin", [rollout({ analysis: undefined, steps: [{ plugin: {} }] })], "not judged"],
    ["a Canary with a metric of Flagger's own", [canary()], "passes"],
    [
      "a Canary without metrics",
      [canary({ metrics: [] })],
      "violation",
      /analysis\.metrics.*no metric judges the canary/,
    ],
    [
      "a Canary without metrics that a webhook judges",
      [canary({ metrics: [], webhooks: [{ name: "test", url: "http://test/" }] })],
      "not judged",
      /webhooks\[0\]/,
    ],
    [
      "a Canary without metrics that a webhook holds",
      [canary({ metrics: [], webhooks: [{ type: "confirm-promotion" }] })],
      "violation",
    ],
    [
      "a Canary without an analysis",
      [canary({}, { analysis: undefined })],
      "violation",
      /promotes each version at once/,
    ],
    [
      "a Canary with an analysis under its older name",
      [
        canary(
          {},
          {
            analysis: undefined,
            canaryAnalysis: { stepWeights: [5, 50], metrics: [{ name: "request-success-rate", threshold: 99 }] },
          },
        ),
      ],
      "passes",
    ],
    ["a Canary that skips its analysis", [canary({}, { skipAnalysis: true })], "violation", /at once/],
    ["a metric without a bound", [metric({ thresholdRange: {} })], "violation", /thresholdRange.*has no bound/],
    ["a success rate without a range or a threshold", [metric({ thresholdRange: undefined })], "violation", /no bound/],
    ["a success rate with a threshold", [metric({ thresholdRange: undefined, threshold: 99 })], "passes"],
    ["a blue-green Canary without metrics", [canary({ metrics: [], iterations: 10 })], "violation"],
    ["a template that is there", canaryWithTemplate('sum(x{app="{{ target }}"})'), "passes"],
    [
      "a template that is elsewhere",
      canaryWithTemplate("x").slice(0, 1),
      "not judged",
      /MetricTemplate errors, which is not among/,
    ],
    [
      "a template in the namespace that is named",
      [
        canary({
          metrics: [{ name: "a", templateRef: { name: "errors", namespace: "metrics" }, thresholdRange: { max: 1 } }],
        }),
        metricTemplate("x", {}, { namespace: "metrics" }),
      ],
      "passes",
    ],
    [
      "a template in another namespace",
      [
        canary({
          metrics: [{ name: "a", templateRef: { name: "errors", namespace: "metrics" }, thresholdRange: { max: 1 } }],
        }),
        metricTemplate("x"),
      ],
      "not judged",
    ],
    ["a range that is not known yet", [metric({ thresholdRange: notKnown })], "not judged"],
    ["metrics that are not known yet", [canary({ metrics: notKnown })], "not judged"],
  ],
  "conditions-decide": [
    [
      "an error rate that is never negative",
      [template({ successCondition: "result[0] >= 0", ...withQuery(share('app="a"')) })],
      "violation",
      /every value that the metric error-rate can have is a success/,
    ],
    ["a bound that values are on either side of", [template({ successCondition: "result[0] <= 0.95" })], "passes"],
    [
      "a value that may be negative",
      [template({ successCondition: "result[0] >= 0", ...withQuery("sum(a) - sum(b)") })],
      "passes",
    ],
    [
      "a counter without a function",
      [template({ successCondition: "result[0] < 0", ...withQuery("sum(a_total)") })],
      "violation",
      /fails, or is inconclusive/,
    ],
    [
      "conditions that rule each other out",
      [template({ successCondition: "result[0] > 5 && result[0] < 2" })],
      "violation",
      /every value .* fails/,
    ],
    [
      "either of two that one of them always meets",
      [template({ successCondition: "result[0] > 2 || result[0] < 5" })],
      "violation",
      /is a success/,
    ],
    [
      "a failure that wins over each success",
      [template({ failureCondition: "result[0] >= 0", ...withQuery("sum(rate(x[5m]))") })],
      "violation",
      /fails/,
    ],
    ["a bound that is very large", [template({ successCondition: "result[0] < 1e15" })], "passes"],
    [
      "a list compared as a number",
      [template({ successCondition: "result < 0.05" })],
      "violation",
      /is an error: its query answers a list/,
    ],
    [
      "a number compared as a list",
      [template({ successCondition: "result[0] < 0.05", ...withQuery("scalar(x)") })],
      "violation",
      /is an error: its query answers a number/,
    ],
    [
      "a number compared as one",
      [template({ successCondition: "result < 0.05", ...withQuery("scalar(x)") })],
      "passes",
    ],
    ["a success of no series at all", [template({ successCondition: "len(result) == 0" })], "passes"],
    [
      "a success of more than one series",
      [template({ successCondition: "len(result) > 1 && result[1] < 5" })],
      "passes",
    ],
    ["a bound from an argument", [template({ successCondition: "result[0] < {{args.threshold}}" })], "passes"],
    [
      "a bound from an argument that no value meets",
      [template({ successCondition: "result[0] < {{args.threshold}} && result[0] > 5 && result[0] < 1" })],
      "violation",
    ],
    ["constants, which another rule refuses", [template({ successCondition: "true" })], "passes"],
    ["a Job", [template({ provider: { job: {} }, successCondition: undefined })], "passes"],
    [
      "Datadog's number",
      [template({ successCondition: "default(result, 1) < 0.05", provider: { datadog: {} } })],
      "passes",
    ],
    [
      "Datadog's number as a list",
      [template({ successCondition: "result[0] < 0.05", provider: { datadog: {} } })],
      "violation",
      /is an error/,
    ],
    ["a URL whose answer is the verdict", [template({ provider: { web: {} }, successCondition: undefined })], "passes"],
    ["a provider that is not known", [template({ provider: { web: {} } })], "not judged", /known: prometheus, datadog/],
    [
      "a query that is an argument as a whole",
      [template(withQuery("{{args.query}}"))],
      "not judged",
      /as a part of it/,
    ],
    ["a range query", [template({ provider: { prometheus: { query: "x", rangeQuery: {} } } })], "not judged"],
    [
      "a Canary's range from 5 to 2",
      [metric({ thresholdRange: { min: 5, max: 2 } })],
      "violation",
      /no value .* passes/,
    ],
    ["a success rate of more than 100", [metric({ thresholdRange: { min: 101 } })], "violation", /no value .* passes/],
    ["a success rate of at most 100", [metric({ thresholdRange: { max: 100 } })], "violation", /every value .* passes/],
    ["a success rate of at least 99", [metric({})], "passes"],
    [
      "a duration of at most half a second",
      [metric({ name: "request-duration", thresholdRange: { max: 500 } })],
      "passes",
    ],
    [
      "a Canary that skips its analysis, which another rule refuses",
      [canary({ metrics: [{ thresholdRange: { min: 5, max: 2 } }] }, { skipAnalysis: true })],
      "passes",
    ],
  ],
  "no-data-does-not-pass": [
    ["a Canary's metric of Flagger's own", [canary()], "passes"],
    [
      "a Canary's query with a default that passes",
      canaryWithTemplate("sum(rate(x[1m])) or vector(0)"),
      "violation",
      /the metric errors counts the 0/,
    ],
    [
      "a Canary's query with a default that fails",
      canaryWithTemplate("sum(rate(x[1m])) or vector(0)", { thresholdRange: { min: 1 } }),
      "passes",
    ],
    ["a Canary's query without a default", canaryWithTemplate("sum(rate(x[1m]))"), "passes"],
    [
      "a Canary's own query with a default",
      [canary({ metrics: [{ name: "errors", query: "sum(x) or vector(0)", threshold: 1 }] })],
      "violation",
    ],
    [
      "a reason in writing",
      [
        canaryWithTemplate("")[0],
        metricTemplate(
          "sum(x) or vector(0)",
          {},
          { annotations: { "canary/passes-without-data": "A nightly job, without users." } },
        ),
      ].filter((each) => each !== undefined),
      "passes",
    ],
    [
      "a Canary's query of a provider that is not known",
      [...canaryWithTemplate("").slice(0, 1), metricTemplate("avg:errors", { provider: { type: "datadog" } })],
      "not judged",
      /known: prometheus/,
    ],
    ["a Canary's template that is elsewhere", canaryWithTemplate("").slice(0, 1), "not judged"],
  ],
  "canary-query": [
    ["the hash of the new version", asked(share('hash="{{args.hash}}"')), "passes"],
    [
      "the hash in one of two selectors",
      asked('sum(a{hash="{{args.hash}}"}) / sum(b{app="web"})'),
      "violation",
      /b\{app="web"\} asks for the requests of both versions/,
    ],
    ["the application's name", asked(share('app="web"')), "violation", /both versions/],
    ["a metric without labels", asked("sum(rate(requests_total[2m]))"), "violation", /requests_total asks for/],
    ["no metric", asked("vector(1)"), "violation", /reads no series/],
    [
      "the hash of the stable version",
      asked(share('hash="{{args.hash}}"'), argument({ valueFrom: { podTemplateHashValue: "Stable" } })),
      "violation",
      /the stable version alone/,
    ],
    [
      "both hashes, to compare them",
      asked('sum(a{hash="{{args.hash}}"}) / sum(a{hash="{{args.old}}"})', [
        hash,
        { name: "old", valueFrom: { podTemplateHashValue: "Stable" } },
      ]),
      "passes",
    ],
    ["all but the hash", asked(share('hash!="{{args.hash}}"')), "not judged", /cannot be told/],
    [
      "an argument that is the canary's Service",
      asked(share('service="{{args.hash}}"'), argument({ value: "web-canary" })),
      "passes",
    ],
    [
      "an argument that is the stable Service",
      asked(share('service="{{args.hash}}"'), argument({ value: "web" })),
      "violation",
      /stable version alone/,
    ],
    [
      "the canary's Service with its namespace and port, as routers write it",
      asked(share('service="shop-web-canary-80"')),
      "passes",
    ],
    ["another Service", asked(share('service="other"')), "not judged"],
    ["a label that says canary", asked(share('track="canary"')), "passes"],
    ["the label of ingress-nginx", asked(share('ingress="web",canary!=""')), "passes"],
    ["the label of ingress-nginx for the stable version", asked(share('ingress="web",canary=""')), "violation"],
    [
      "a namespace from an argument",
      asked(
        share('namespace="{{args.hash}}"'),
        argument({ valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } }),
      ),
      "violation",
      /both versions/,
    ],
    [
      "a value from a secret",
      asked(share('hash="{{args.hash}}"'), argument({ valueFrom: { secretKeyRef: {} } })),
      "not judged",
    ],
    ["a value that is not known yet", asked(share('app="{{args.hash}}"'), argument({ value: notKnown })), "not judged"],
    ["a template's default", asked(share('track="{{args.hash}}"'), [], argument({ value: "canary" })), "passes"],
    [
      "an argument that the template does not declare",
      asked(share('track="{{args.hash}}"'), [hash], []),
      "violation",
      /\{\{args\.hash\}\} is no argument of its template/,
    ],
    [
      "an argument that a template which is elsewhere may declare",
      [
        rollout({ analysis: { templates: [{ templateName: "web" }, { templateName: "away" }], args: [hash] } }),
        template(withQuery(share('track="{{args.hash}}"'))),
      ],
      "not judged",
    ],
    ["a recording rule", asked("canary:errors:rate5m"), "passes"],
    ["a recording rule of which nothing is known", asked("web:errors:rate5m"), "not judged"],
    [
      "a join with series of the canary",
      asked('sum(cpu{namespace="a"} * on (pod) group_left () pods{hash="{{args.hash}}"})'),
      "not judged",
    ],
    ["the application's own name for its pods", asked(share('pod=~"web-.*"')), "not judged"],
    ["text that is not PromQL", asked('sum(x{code~"5.*"})', [], []), "violation", /query.*the query is not PromQL/],
    [
      "text that is not PromQL, whose arguments are labels' values",
      [template(withQuery('sum(x{code~"5.*", hash="{{args.hash}}"}[{{ args.window }}])'))],
      "violation",
      /not PromQL/,
    ],
    ["a range", [template(withQuery("requests_total[5m]"))], "violation", /answers a range/],
    ["a range in a function", [template(withQuery("rate(requests_total[{{args.window}}])"))], "passes"],
    [
      "text that is not PromQL before its arguments are known",
      [template(withQuery("{{args.function}}(x)"))],
      "not judged",
      /without the values of its arguments/,
    ],
    ["a template that is elsewhere", [rollout()], "not judged", /which is not among/],
    ["a blue-green Rollout", [rollout({}, { strategy: { blueGreen: {} } })], "passes"],
    [
      "a metric in a dry run",
      [
        rollout({ analysis: { templates: [{ templateName: "web" }], dryRun: [{ metricName: ".*" }] } }),
        template(withQuery("x")),
      ],
      "passes",
    ],
    ["a Job", [rollout(), template({ provider: { job: {} } })], "passes"],
    ["Flagger's own metric", [canary()], "passes"],
    [
      "Flagger's target as the application",
      canaryWithTemplate(share('namespace="{{ namespace }}",app="{{ target }}"')),
      "passes",
    ],
    ["the target's name in letters", canaryWithTemplate(share('app_kubernetes_io_name="web"')), "passes"],
    [
      "the application's name with any suffix",
      canaryWithTemplate(share('app=~"{{ target }}.*"')),
      "violation",
      /both versions/,
    ],
    [
      "the stable version's label",
      canaryWithTemplate(share('app="{{ target }}-primary"')),
      "violation",
      /stable version alone/,
    ],
    [
      "pods by Flagger's own pattern",
      canaryWithTemplate(share('pod=~"{{ target }}-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"')),
      "passes",
    ],
    [
      "pods by a pattern that has the stable version's too",
      canaryWithTemplate(share('pod=~"{{ target }}-.*"')),
      "violation",
    ],
    ["the Service of both versions", canaryWithTemplate(share('service="{{ service }}"')), "violation"],
    ["the canary's Service", canaryWithTemplate(share('service="{{ service }}-canary"')), "passes"],
    [
      "an Ingress without the canary's label",
      canaryWithTemplate(share('namespace="{{ namespace }}",ingress="{{ ingress }}"')),
      "violation",
    ],
    ["an Ingress with the canary's label", canaryWithTemplate(share('ingress="{{ ingress }}",canary!=""')), "passes"],
    ["a variable", canaryWithTemplate(share('version="{{ variables.version }}"')), "not judged"],
    [
      "a Canary's own query",
      [canary({ metrics: [{ name: "errors", query: "sum(x", threshold: 1 }] })],
      "violation",
      /not PromQL/,
    ],
    ["a MetricTemplate that is not PromQL", [metricTemplate('sum(x{code~"5.*"})')], "violation", /not PromQL/],
    [
      "a MetricTemplate of another provider",
      [metricTemplate("avg:errors", { provider: { type: "datadog" } })],
      "passes",
    ],
    [
      "a metric of two, of which one is elsewhere",
      [
        rollout({ analysis: { templates: [{ templateName: "away" }, { templateName: "web" }] } }),
        service("web"),
        input({ ...template().object, spec: { metrics: [{ ...safeMetric, ...withQuery("x") }] } }),
      ],
      "violation",
    ],
  ],
};

judgeTables(cases);
