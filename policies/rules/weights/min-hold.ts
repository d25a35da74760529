import { metricsOf } from "../../metrics/analyses";
import { analysisOf, intervalOf, stepWeights } from "../../kinds/canary";
import { formatSeconds, secondsOf } from "../../languages/durations";
import { NotReadable, type Field } from "../../objects/field";
import { decidesItself, measuredFrom } from "../../metrics/analysisMetric";
import type { Objects } from "../../objects/objects";
import { isFlagger, planOf, releaseKinds } from "../../kinds/release";
import { canaryOf, formatWeight, pauseOf, stages } from "../../kinds/rollout";
import { attempt, violation, type Finding, type Rule } from "../../gate/rule";

export const minHold: Rule<"least"> = {
  name: "min-hold",
  severity: "error",
  wrong: "A weight is raised again before anything can be known of the canary at it.",
  why: "Prometheus needs two scrapes to see a rate, and people need time to complain; a weight that is passed through in seconds is no step.",
  mend: "Pause after each weight, such as 10m; give a Canary an interval of a minute or more.",
  source:
    "Argo Rollouts' specification (pause, analysis); Flagger, pkg/controller/scheduler.go: a step lasts one interval.",
  kinds: releaseKinds,
  limits: {
    least: {
      default: 60,
      least: 0,
      most: 86_400,
      description: "Least time for which each weight below 100 is held, in seconds.",
    },
  },
  *judge(release, objects, { least }) {
    if (!planOf(release)) return;
    if (isFlagger(release)) return yield* judgeCanary(analysisOf(release), least);
    for (const { field, percent, steps } of stages(canaryOf(release))) {
      if (percent <= 0 || percent >= 100) continue;
      yield* attempt(function* () {
        const held = heldFor(steps, objects, least);
        if (held < least)
          yield violation(
            field,
            `the weight ${formatWeight(percent)} is held for ${formatSeconds(held)}; accepted: a pause, or an analysis, of at least ${formatSeconds(least)}`,
          );
      });
    }
  },
};

/** Seconds for which some steps last; what takes longer to work out only where pauses alone are too short. */
function heldFor(steps: readonly Field[], objects: Objects, least: number): number {
  const paused = sum(steps.map(pauseOf));
  return paused >= least ? paused : paused + sum(steps.map((step) => measuredFor(step, objects)));
}

const sum = (seconds: readonly number[]) => seconds.reduce((a, b) => a + b, 0);

function measuredFor(step: Field, objects: Objects): number {
  for (const kind of ["plugin", "experiment"]) {
    if (step.at(kind).exists) return secondsOf(step.at(kind, "duration")) ?? neverKnown(step.at(kind));
  }
  if (!step.at("analysis").exists) return 0;
  const metrics = metricsOf(step.at("analysis"), objects);
  return Math.max(
    0,
    ...metrics.map((metric) => (decidesItself(metric) ? neverKnown(metric) : measuredFrom(metric).last)),
  );
}

function neverKnown(field: Field): never {
  throw new NotReadable(field, "takes a time that is not known here");
}

function* judgeCanary(analysis: Field, least: number): Iterable<Finding> {
  const interval = intervalOf(analysis);
  if (interval >= least || [...stepWeights(analysis)].every(({ percent }) => percent >= 100)) return;
  const gate = analysis
    .at("webhooks")
    .list()
    .find((webhook) => webhook.at("type").text() === "confirm-traffic-increase");
  if (gate) throw new NotReadable(gate, "holds each weight for a time that is not known here");
  yield violation(
    analysis.at("interval"),
    `each weight is held for one interval, which is ${formatSeconds(interval)}; accepted: at least ${formatSeconds(least)}`,
  );
}
