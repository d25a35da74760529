import { answersARange, NotPromQL, selectorsOf, type Expression } from "../../../release/metrics/promql";
import { attempt, notJudged, violation, type Finding, type Rule } from "../../gate/rule";
import { queriesOf, queryKinds, releaseKindOf, releaseKinds } from "../../kinds/releaseKinds";
import { isPattern, matcherPattern, type Matcher } from "../../languages/labelMatcher";
import { understood } from "../../languages/notParsed";
import { NoPattern } from "../../languages/pattern";
import { filled, needsArguments, parsedQuery } from "../../languages/queryTemplate";
import { whyNotTheCanaryAlone } from "../../metrics/askedVersion";
import type { SentQuery } from "../../metrics/metric";
import { NotReadable, type Field } from "../../objects/field";

export const canaryQuery: Rule<never> = {
  name: "canary-query",
  severity: "error",
  wrong: "A query is not PromQL, answers a range, or does not ask for the canary's requests alone.",
  why: "At a weight of 5 % a canary that fails every request is 5 % of all errors: below most thresholds, and so it passes.",
  mend: 'Select by a label that differs for the canary: its pod-template-hash from an argument with valueFrom.podTemplateHashValue: Latest, or its Service; with Flagger app="{{ target }}" or service="{{ service }}-canary".',
  source:
    "Prometheus' grammar; argo-rollouts, utils/analysis/helpers.go (podTemplateHashValue, MergeArgs); Flagger, pkg/controller/scheduler_metrics.go (toMetricModel), pkg/canary/deployment_controller.go (-primary).",
  kinds: [...new Set([...releaseKinds, ...queryKinds])],
  limits: {},
  *judge(object, objects) {
    yield* attempt(function* () {
      for (const query of queriesOf(object)) yield* attempt(() => judgeText(query));
    });
    const kind = releaseKindOf(object);
    if (!kind) return;
    for (const field of kind.analysesOf(object)) {
      yield* attempt(function* () {
        const analysis = kind.readAnalysis(field, objects);
        yield* analysis.unseen.map(notJudged);
        for (const metric of analysis.metrics()) yield* attempt(() => judgeSent(metric.query()));
      });
    }
  },
};

/** What is wrong with a query as text: it is no PromQL, or answers what no condition can be about. */
function* judgeText(query: Field): Iterable<Finding> {
  if (!query.exists) return;
  const expression = parse(query, filled(query.text() ?? ""));
  if (typeof expression === "string") yield violation(query, `the query is not PromQL: ${expression}`);
  else if (answersARange(expression))
    yield violation(
      query,
      "the query answers a range of samples, of which a condition sees the oldest first; accepted: a function of it, such as rate(...) or avg_over_time(...)",
    );
  else yield* refusedPatterns(query, expression);
}

/** The patterns of a query that Prometheus refuses, and the query with them. */
function* refusedPatterns(query: Field, expression: Expression): Iterable<Finding> {
  for (const { text, matchers } of selectorsOf(expression)) {
    const refused = matchers.filter(isPattern).flatMap((matcher) => whyRefused(query, matcher) ?? []);
    if (refused[0] !== undefined) yield violation(query, `Prometheus refuses ${text}: ${refused[0]}`);
  }
}

function whyRefused(query: Field, matcher: Matcher): string | undefined {
  return understood(query, () => {
    try {
      matcherPattern(matcher);
      return undefined;
    } catch (error) {
      if (error instanceof NoPattern) return error.message;
      throw error;
    }
  });
}

/** What is wrong with a query as it is sent for a release: with its arguments, and with whose requests it asks for. */
function* judgeSent(query: SentQuery | undefined): Iterable<Finding> {
  if (!query) return;
  const { field, text, versionOf, faults } = query;
  for (const fault of faults) yield violation(field, fault);
  const expression = parse(field, text);
  const found =
    typeof expression === "string" ? undefined : understood(field, () => whyNotTheCanaryAlone(expression, versionOf));
  if (found?.known)
    yield violation(
      field,
      `the query does not judge the canary: ${found.reason}; accepted: a label that differs for the canary in every selector`,
    );
  else if (found) throw new NotReadable(field, found.reason);
}

/** A query, or why it is none. What an argument is a part of is not known where it does not parse. */
function parse(field: Field, query: string): Expression | string {
  try {
    return parsedQuery(query);
  } catch (error) {
    if (!(error instanceof NotPromQL)) throw error;
    if (needsArguments(field.text() ?? ""))
      throw new NotReadable(field, "cannot be parsed without the values of its arguments");
    return error.message;
  }
}
