import { notKnown, type Input } from "../../../../policies/objects/field";
import { input, podTemplate, rollout, safeMetric, service, steps, template, withQuery } from "../objects";
import { judgeTables, type Case } from "../table";

const services = [service("web"), service("web-canary")];
const deployment = (change: object) =>
  input({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: { template: podTemplate({ ...change }) },
  });
const judgedBy = (...inputs: Input[]) => [rollout(), ...inputs];
const analysis = (change: object) => ({ analysis: { templates: [{ templateName: "web" }], ...change } });
const reason = { annotations: { "canary/passes-without-data": "A nightly job, without users at other times." } };
const both = { failureCondition: "result[0] >= 0.05" };

const cases: Record<string, readonly Case[]> = {
  "first-weight": [
    [
      "a first weight of 11 %",
      [rollout({ steps: steps(11, 25, 50) })],
      "violation",
      /steps\[0\]\.setWeight.*first weight is 11 %; accepted: at most 10 %/,
    ],
    ["a first weight of 10 %", [rollout({ steps: steps(10, 25, 50) })], "passes"],
    ["a large weight after one of 0", [rollout({ steps: steps(0, 50) })], "violation", /steps\[2\]\.setWeight.*50 %/],
    ["a weight of 0, then a small one", [rollout({ steps: steps(0, 5) })], "passes"],
    ["5 parts of 20", [rollout({ steps: steps(5), trafficRouting: { maxTrafficWeight: 20 } })], "violation", /25 %/],
    ["50 parts of 1000", [rollout({ steps: steps(50), trafficRouting: { maxTrafficWeight: 1000 } })], "passes"],
    ["a canary without steps", [rollout({ steps: undefined })], "violation", /no step sets a weight/],
    ["steps without a weight", [rollout({ steps: [{ pause: {} }] })], "violation", /no step sets a weight/],
    ["a blue-green Rollout", [rollout({}, { strategy: { blueGreen: {} } })], "passes"],
    [
      "a weight that is not known yet",
      [rollout({ steps: steps(notKnown) })],
      "not judged",
      /not known before the deployment/,
    ],
    ["steps that are not known yet", [rollout({ steps: notKnown })], "not judged", /spec\.strategy\.canary\.steps/],
  ],
  "weight-jump": [
    [
      "from 5 to 36",
      [rollout({ steps: steps(5, 36, 50) })],
      "violation",
      /steps\[2\]\.setWeight.*from 5 % to 36 %; accepted: at most 35 % after 5 %/,
    ],
    ["from 5 to 35", [rollout({ steps: steps(5, 35, 50) })], "passes"],
    [
      "from 49 to the end",
      [rollout({ steps: steps(5, 25, 49) })],
      "violation",
      /after the last step the weight goes from 49 % to 100 %/,
    ],
    ["from 50 to the end", [rollout({ steps: steps(5, 25, 50) })], "passes"],
    ["from 50 to 100", [rollout({ steps: steps(5, 25, 50, 100) })], "passes"],
    ["a large first weight, which another rule refuses", [rollout({ steps: steps(60) })], "passes"],
    [
      "a jump in parts of maxTrafficWeight",
      [rollout({ steps: steps(1, 10), trafficRouting: { maxTrafficWeight: 20 } })],
      "violation",
      /from 5 % to 50 %/,
    ],
    [
      "a jump before a weight that is not known yet",
      [rollout({ steps: steps(5, 50, notKnown) })],
      "violation",
      /from 5 % to 50 %/,
    ],
    ["a weight in between that is not known yet", [rollout({ steps: steps(5, notKnown, 50) })], "not judged"],
  ],
  "judged-by-a-metric": [
    ["a canary without an analysis", [rollout({ analysis: undefined })], "violation", /no analysis judges the canary/],
    ["an analysis in the background", judgedBy(template()), "passes"],
    [
      "an analysis as a step",
      [
        rollout({
          analysis: undefined,
          steps: [{ setWeight: 5 }, { analysis: { templates: [{ templateName: "web" }] } }],
        }),
        template(),
      ],
      "passes",
    ],
    ["an analysis without templates", [rollout({ analysis: { templates: [] } })], "violation", /no metric that counts/],
    ["a template that is elsewhere", [rollout()], "not judged", /AnalysisTemplate web, which is not among the objects/],
    ["a template in another namespace", judgedBy(template({}, {}, { namespace: "other" })), "not judged"],
    [
      "a template in a namespace that is not known yet",
      judgedBy(template({}, {}, { namespace: notKnown })),
      "not judged",
      /not known before/,
    ],
    [
      "one template that is elsewhere and one without a condition",
      [
        rollout(analysis({ templates: [{ templateName: "away" }, { templateName: "web" }] })),
        template({ successCondition: "" }),
      ],
      "violation",
      /no condition/,
    ],
    [
      "a metric without a condition",
      judgedBy(template({ successCondition: undefined })),
      "violation",
      /error-rate has no condition/,
    ],
    [
      "a condition that is always true",
      judgedBy(template({ successCondition: "(true)" })),
      "violation",
      /do not look at the result/,
    ],
    [
      "a failure condition that is never true",
      judgedBy(template({ successCondition: undefined, failureCondition: "1 > 2" })),
      "violation",
      /do not look at the result/,
    ],
    [
      "a success condition, and failure ruled out: inconclusive holds the release",
      judgedBy(template({ failureCondition: "false" })),
      "passes",
    ],
    [
      "a condition that cannot be evaluated here",
      judgedBy(template({ successCondition: 'result.status == "ok"' })),
      "not judged",
      /cannot be evaluated/,
    ],
    [
      "three measurements of which three may fail",
      judgedBy(template({ count: 3, failureLimit: 3 })),
      "violation",
      /3 measurements and a failureLimit of 3/,
    ],
    ["three measurements of which two may fail", judgedBy(template({ count: 3, failureLimit: 2 })), "passes"],
    [
      "one measurement that may fail",
      judgedBy(template({ interval: undefined, failureLimit: 1 })),
      "violation",
      /1 measurement and/,
    ],
    [
      "any number of failures",
      judgedBy(template({ failureLimit: -1, consecutiveSuccessLimit: 3 })),
      "violation",
      /any number of measurements/,
    ],
    [
      "any number of failures, but three successes in a row of ten",
      judgedBy(template({ count: 10, failureLimit: -1, consecutiveSuccessLimit: 3 })),
      "passes",
    ],
    [
      "any number of failures, but none inconclusive",
      judgedBy(template({ ...both, count: 3, failureLimit: 3 })),
      "passes",
    ],
    [
      "an argument without a value",
      judgedBy(template({}, { args: [{ name: "hash" }] })),
      "violation",
      /analysis\.args.*the argument hash of AnalysisTemplate web has no value/,
    ],
    [
      "an argument that is named without a value",
      [rollout(analysis({ args: [{ name: "hash" }] })), template({}, { args: [{ name: "hash" }] })],
      "violation",
    ],
    [
      "an argument with a value",
      [rollout(analysis({ args: [{ name: "hash", value: "a" }] })), template({}, { args: [{ name: "hash" }] })],
      "passes",
    ],
    [
      "an argument with a value that is not known yet",
      [rollout(analysis({ args: [{ name: "hash", value: notKnown }] })), template({}, { args: [{ name: "hash" }] })],
      "passes",
    ],
    ["an argument with a default", judgedBy(template({}, { args: [{ name: "hash", value: "a" }] })), "passes"],
    [
      "metrics in a dry run only",
      [rollout(analysis({ dryRun: [{ metricName: ".*" }] })), template()],
      "violation",
      /no metric that counts/,
    ],
    ["another metric in a dry run", [rollout(analysis({ dryRun: [{ metricName: "latency" }] })), template()], "passes"],
    [
      "a template of templates without a condition",
      [
        rollout(analysis({ templates: [{ templateName: "all" }] })),
        template({}, { metrics: [], templates: [{ templateName: "web" }] }, { name: "all" }),
        template({ successCondition: "" }),
      ],
      "violation",
      /no condition/,
    ],
    ["templates that name each other", [rollout(), template({}, { templates: [{ templateName: "web" }] })], "passes"],
    [
      "a ClusterAnalysisTemplate",
      [
        rollout(analysis({ templates: [{ templateName: "web", clusterScope: true }] })),
        input({ ...template().object, kind: "ClusterAnalysisTemplate" }),
      ],
      "passes",
    ],
    [
      "an analysis that begins after the last step",
      [rollout(analysis({ startingStep: 6 })), template()],
      "violation",
      /startingStep.*accepted: 0 to 5/,
    ],
    ["an analysis that begins at the last step", [rollout(analysis({ startingStep: 5 })), template()], "passes"],
    [
      "a URL, which fails with any answer but 2xx",
      judgedBy(template({ successCondition: undefined, provider: { web: { url: "http://tests.example.com/" } } })),
      "passes",
    ],
    [
      "a Job, which fails by itself",
      judgedBy(template({ successCondition: undefined, provider: { job: {} } })),
      "passes",
    ],
    ["a plugin", judgedBy(template({ successCondition: undefined, provider: { plugin: {} } })), "not judged"],
  ],
  "no-data-does-not-pass": [
    [
      "a failure condition alone, which NaN does not meet",
      [template({ ...both, successCondition: undefined })],
      "violation",
      /counts NaN.*as a success/,
    ],
    [
      "a failure condition alone that NaN meets",
      [template({ successCondition: undefined, failureCondition: "isNaN(result[0]) || result[0] >= 0.05" })],
      "passes",
    ],
    ["both conditions: no data is inconclusive", [template(both)], "passes"],
    [
      "a success condition that is a negation",
      [template({ successCondition: "!(result[0] >= 0.05)" })],
      "violation",
      /NaN/,
    ],
    [
      "an empty vector as a success",
      [template({ successCondition: "len(result) == 0 || result[0] < 0.05" })],
      "violation",
      /an empty vector/,
    ],
    [
      "an empty vector as no success",
      [template({ successCondition: "len(result) > 0 && result[0] < 0.05" })],
      "passes",
    ],
    [
      "NaN as a success",
      [template({ successCondition: "len(result) > 0 && (isNaN(result[0]) || result[0] < 0.05)" })],
      "violation",
      /NaN/,
    ],
    ["all of nothing", [template({ successCondition: "all(result, {# < 0.05})" })], "violation", /an empty vector/],
    [
      "a query with a default",
      [template(withQuery("sum(rate(failures[2m])) or vector(0)"))],
      "violation",
      /the 0 that its query answers where there are no series/,
    ],
    [
      "a default in percent",
      [template(withQuery("100 * (sum(rate(failures[2m])) or on() vector(0))"))],
      "violation",
      /the 0 that/,
    ],
    [
      "a default of the failures alone",
      [template(withQuery("(sum(rate(failures[2m])) or vector(0)) / sum(rate(requests[2m]))"))],
      "passes",
    ],
    ["a default that fails", [template(withQuery("sum(rate(failures[2m])) or vector(1)"))], "passes"],
    [
      "a default of Datadog's nil",
      [template({ successCondition: "default(result, 0) < 0.05", provider: { datadog: { query: "avg:errors" } } })],
      "violation",
      /nil/,
    ],
    [
      "Datadog's nil without a default",
      [template({ successCondition: "result < 0.05", provider: { datadog: { query: "avg:errors" } } })],
      "passes",
    ],
    ["a threshold from an argument", [template({ successCondition: "result[0] < {{ args.threshold }}" })], "passes"],
    [
      "a failure threshold from an argument",
      [template({ successCondition: undefined, failureCondition: "result[0] > {{args.threshold}}" })],
      "violation",
      /NaN/,
    ],
    [
      "a default that an argument decides on",
      [template({ ...withQuery("sum(failures) or vector(0)"), successCondition: "result[0] < {{args.threshold}}" })],
      "not judged",
      /depending on an argument/,
    ],
    ["a reason in writing", [template({ ...both, successCondition: undefined }, {}, reason)], "passes"],
    [
      "no reason in writing",
      [
        template(
          { ...both, successCondition: undefined },
          {},
          { annotations: { "canary/passes-without-data": "because" } },
        ),
      ],
      "violation",
    ],
    [
      "a provider whose no data is not known",
      [template({ provider: { web: {} } })],
      "not judged",
      /known: prometheus, datadog/,
    ],
    ["a query that is not known yet", [template({ provider: { prometheus: { query: notKnown } } })], "not judged"],
    [
      "a query that cannot be evaluated here",
      [template(withQuery("time() - last_failure"))],
      "not judged",
      /what time answers/,
    ],
    [
      "a metric that passes beside one that is not judged",
      [
        template(
          {},
          {
            metrics: [
              { ...safeMetric, provider: { web: {} } },
              { ...safeMetric, name: "latency", successCondition: "", ...both },
            ],
          },
        ),
      ],
      "violation",
      /latency/,
    ],
    [
      "a URL, which lacks no data where it answers",
      [template({ successCondition: undefined, provider: { web: {} } })],
      "passes",
    ],
    ["a Job, which has no data to lack", [template({ provider: { job: {} } })], "passes"],
  ],
  probes: [
    [
      "no readiness probe",
      [deployment({ readinessProbe: undefined })],
      "violation",
      /containers\[0\]\.readinessProbe.*the container web has no readinessProbe/,
    ],
    ["no liveness probe", [deployment({ livenessProbe: undefined })], "violation", /no livenessProbe/],
    ["both probes", [deployment({})], "passes"],
    ["a Rollout without a probe", [rollout({}, { template: podTemplate({ readinessProbe: undefined }) })], "violation"],
    ["a Rollout with both probes", [rollout()], "passes"],
    [
      "a Rollout of a Deployment without a probe",
      [
        rollout({}, { template: undefined, workloadRef: { kind: "Deployment", name: "web" } }),
        deployment({ livenessProbe: undefined }),
      ],
      "violation",
    ],
    [
      "a Rollout of a Deployment that is elsewhere",
      [rollout({}, { template: undefined, workloadRef: { kind: "Deployment", name: "web" } })],
      "not judged",
      /the Deployment web/,
    ],
    [
      "containers that are not known yet",
      [rollout({}, { template: { spec: { containers: notKnown } } })],
      "not judged",
    ],
  ],
  "owned-fields": [
    [
      "a Service that Pulumi manages whole",
      [rollout(), service("web"), service("web-canary", [])],
      "violation",
      /Service web-canary.*Rollout web owns this field, and ignoreChanges names nothing/,
    ],
    ["Services whose selectors Pulumi leaves alone", [rollout(), ...services], "passes"],
    [
      "a Service whose spec Pulumi leaves alone",
      [rollout(), service("web"), service("web-canary", ["spec"])],
      "passes",
    ],
    [
      "a part of the selector, which the provider does not protect",
      [rollout(), service("web"), service("web-canary", ["spec.selector.rollouts-pod-template-hash"])],
      "violation",
    ],
    [
      "a Service that is elsewhere",
      [rollout(), service("web")],
      "not judged",
      /Service web-canary, which is not among/,
    ],
    [
      "objects that no Pulumi program declares",
      [rollout(), ...services.map(({ object }) => ({ object }))],
      "not judged",
      /only where a Pulumi program/,
    ],
    ["a Service that no Rollout names", [service("web", [])], "passes"],
    ["a name that is not known yet", [rollout({ stableService: notKnown, canaryService: undefined })], "not judged"],
  ],
};

judgeTables(cases);
