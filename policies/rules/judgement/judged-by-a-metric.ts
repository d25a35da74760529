import { attempt, notJudged, violationOf, type Finding, type Rule } from "../../gate/rule";
import type { ReleaseAnalysis } from "../../kinds/release";
import { releaseKindOf, releaseKinds } from "../../kinds/releaseKinds";

export const judgedByAMetric: Rule<never> = {
  name: "judged-by-a-metric",
  severity: "error",
  wrong: "No metric that can fail judges the canary.",
  why: "Without one the plan is a timer: a bad version reaches everybody as fast as a good one.",
  mend: "Give the Rollout an analysis, in the background or as a step, with an AnalysisTemplate whose arguments are all supplied and whose metrics have a successCondition; give the Canary metrics with a thresholdRange.",
  source:
    "argo-rollouts, utils/evaluate/evaluate.go (a metric without a condition is successful), analysis/analysis.go (limits are exceeded by the next measurement), utils/analysis/helpers.go (arguments); Flagger, pkg/controller/scheduler_metrics.go (no metrics pass).",
  kinds: releaseKinds,
  limits: {},
  *judge(release, objects) {
    const kind = releaseKindOf(release);
    if (!kind) return;
    for (const analysis of kind.analysesOf(release))
      yield* attempt(() => judgeAnalysis(kind.readAnalysis(analysis, objects)));
    for (const fault of kind.faultsOfAnalyses(release)) yield* violationOf(fault);
  },
};

function* judgeAnalysis(analysis: ReleaseAnalysis): Iterable<Finding> {
  const { unseen } = analysis;
  yield* unseen.map(notJudged);
  if (unseen.length === 0)
    yield* attempt(function* () {
      for (const fault of analysis.missingArguments()) yield* violationOf(fault);
    });
  const metrics = analysis.metrics();
  for (const metric of metrics) yield* attempt(() => violationOf(metric.whyItCannotFail()));
  if (metrics.length === 0 && unseen.length === 0) yield* violationOf(analysis.faultWithoutMetrics());
}
