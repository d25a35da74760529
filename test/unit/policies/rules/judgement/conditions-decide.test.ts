import { canary, template, withQuery } from "../../objects";
import { judgeTable } from "../../table";
import { metric, share } from "./objects";

judgeTable("conditions-decide", [
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
  ["a number compared as one", [template({ successCondition: "result < 0.05", ...withQuery("scalar(x)") })], "passes"],
  ["a success of no series at all", [template({ successCondition: "len(result) == 0" })], "passes"],
  ["a success of more than one series", [template({ successCondition: "len(result) > 1 && result[1] < 5" })], "passes"],
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
  ["a query that is an argument as a whole", [template(withQuery("{{args.query}}"))], "not judged", /as a part of it/],
  ["a range query", [template({ provider: { prometheus: { query: "x", rangeQuery: {} } } })], "not judged"],
  ["a Canary's range from 5 to 2", [metric({ thresholdRange: { min: 5, max: 2 } })], "violation", /no value .* passes/],
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
]);
