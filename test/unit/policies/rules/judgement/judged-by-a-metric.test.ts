import { type Input, notKnown } from "../../../../../policies/objects/input";
import { canary, canaryWithTemplate, input, metricTemplate, rollout, template } from "../../objects";
import { judgeTable } from "../../table";
import { both, metric } from "./objects";

const judgedBy = (...inputs: Input[]) => [rollout(), ...inputs];
const analysis = (change: object) => ({ analysis: { templates: [{ templateName: "web" }], ...change } });

judgeTable("judged-by-a-metric", [
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
  [
    "a dry run whose pattern Argo Rollouts refuses",
    [rollout(analysis({ dryRun: [{ metricName: "(?!a)" }] })), template()],
    "not judged",
    /is no regular expression of RE2/,
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
  ["a Canary without an analysis", [canary({}, { analysis: undefined })], "violation", /promotes each version at once/],
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
]);
