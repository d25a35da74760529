import { notKnown } from "../../../../../policies/objects/input";
import { canary, canaryWithTemplate, metricTemplate, safeMetric, template, withQuery } from "../../objects";
import { judgeTable } from "../../table";
import { both } from "./objects";

const reason = { annotations: { "canary/passes-without-data": "A nightly job, without users at other times." } };

judgeTable("no-data-does-not-pass", [
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
  ["an empty vector as no success", [template({ successCondition: "len(result) > 0 && result[0] < 0.05" })], "passes"],
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
]);
