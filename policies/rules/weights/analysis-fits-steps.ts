import { attempt, violation, type Finding, type Rule } from "../../gate/rule";
import { formatWeight } from "../../kinds/release";
import { rollout } from "../../kinds/rollout";
import { metricsOf } from "../../kinds/rollout/analyses";
import { countOf, measuredFrom } from "../../kinds/rollout/measurements";
import { canaryOf, pauseOf, stages, type WeightStage } from "../../kinds/rollout/steps";
import { formatSeconds, secondsOf } from "../../languages/durations";
import { NotReadable, type Field } from "../../objects/field";
import type { ObjectSet } from "../../objects/objectSet";

export const analysisFitsSteps: Rule<never> = {
  name: "analysis-fits-steps",
  severity: "error",
  wrong:
    "An analysis does not fit the steps: it never ends, measures less often than the weight changes, or leaves the last weight before 100 unjudged.",
  why: "Everybody then gets a version that was never judged at the weight before; or nobody does, since a step waits for ever.",
  mend: "Give metrics of an analysis that is a step a count; begin the one in the background with the first pause, with an interval and an initialDelay shorter than each pause and without a count.",
  source:
    "argo-rollouts, pkg/apis/rollouts/validation/validation_references.go (a step's metrics must end), analysis/analysis.go (the first measurement comes after initialDelay, the next an interval later).",
  kinds: [rollout.kind],
  limits: {},
  *judge(release, objects) {
    const canary = canaryOf(release);
    for (const step of canary.at("steps").list()) {
      if (step.at("analysis").exists) yield* attempt(() => judgeStep(step.at("analysis"), objects));
    }
    const below = stages(canary).filter(({ percent }) => percent > 0 && percent < 100);
    const background = canary.at("analysis");
    const last = below.at(-1);
    if (!last || (!background.exists && !isStep(canary.at("steps").list()))) return;
    const start = background.at("startingStep").number() ?? 0;
    if (background.exists)
      yield* attempt(() =>
        judgeIntervals(
          background,
          below.filter(({ index, steps }) => start < index + steps.length),
          objects,
        ),
      );
    if (!isStep(last.steps))
      yield* attempt(() => judgeLast(background, start, canary.at("steps").list(), last, objects));
  },
};

const isStep = (steps: readonly Field[]) => steps.some((step) => step.at("analysis").exists);

function* judgeStep(analysis: Field, objects: ObjectSet): Iterable<Finding> {
  for (const metric of metricsOf(analysis, objects)) {
    if (countOf(metric) < Infinity) continue;
    yield violation(
      metric,
      `the metric ${metric.at("name").text() ?? ""} of an analysis that is a step never ends, and Argo Rollouts refuses it; accepted: a count`,
    );
  }
}

function* judgeIntervals(background: Field, below: readonly WeightStage[], objects: ObjectSet): Iterable<Finding> {
  const holds = below.filter(({ steps }) => !isStep(steps)).map(({ steps }) => lasts(steps));
  const shortest = Math.min(...holds.filter((hold) => hold > 0));
  for (const metric of metricsOf(background, objects)) {
    const interval = secondsOf(metric.at("interval")) ?? 0;
    if (interval <= shortest) continue;
    yield violation(
      metric,
      `the metric ${metric.at("name").text() ?? ""} is measured every ${formatSeconds(interval)}, and a weight is held for ${formatSeconds(shortest)}; accepted: an interval of at most that`,
    );
  }
}

/** Whether the weight before 100 is measured by the analysis in the background. */
function* judgeLast(
  background: Field,
  start: number,
  steps: readonly Field[],
  last: WeightStage,
  objects: ObjectSet,
): Iterable<Finding> {
  const what = `${formatWeight(last.percent)}, the last weight before 100 %`;
  const accepted = "accepted: a measurement at it by strategy.canary.analysis, or a step with an analysis";
  const end = last.index + last.steps.length;
  if (!background.exists) return yield violation(last.field, `nothing judges ${what}; ${accepted}`);
  if (start >= end)
    return start < steps.length
      ? yield violation(background.at("startingStep"), `the analysis begins after ${what}; ${accepted}`)
      : undefined;
  const [begins, ends] = [lasts(steps.slice(start, last.index)), lasts(steps.slice(start, end))];
  const times = metricsOf(background, objects).map(measuredFrom);
  if (times.length === 0 || times.some(({ first, last }) => first < ends && (last === Infinity || last >= begins)))
    return;
  if (begins === Infinity) throw new NotReadable(background, "may have ended when a person promotes");
  const first = Math.min(...times.map((time) => time.first));
  const when =
    first >= ends
      ? `its first measurement comes ${formatSeconds(first)} after its begin`
      : `its last measurement comes ${formatSeconds(Math.max(...times.map((time) => time.last)))} after its begin`;
  yield violation(
    background,
    `${when}, and ${what}, lasts from ${formatSeconds(begins)} to ${formatSeconds(ends)}; ${accepted}`,
  );
}

/** Seconds for which some steps last, as far as they are pauses. */
function lasts(steps: readonly Field[]): number {
  const other = steps.find(
    (step) => step.at("analysis").exists || step.at("plugin").exists || step.at("experiment").exists,
  );
  if (other) throw new NotReadable(other, "takes a time that is not known here");
  return steps.reduce((seconds, step) => seconds + pauseOf(step), 0);
}
