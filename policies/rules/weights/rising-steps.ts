import { violation, type Rule } from "../../gate/rule";
import { formatWeight } from "../../kinds/release";
import { releaseKindOf, releaseKinds } from "../../kinds/releaseKinds";

export const risingSteps: Rule<"least"> = {
  name: "rising-steps",
  severity: "error",
  wrong: "A plan has too few steps before everybody gets the canary, or its weights do not rise.",
  why: "With one step a fault that shows only under load meets everybody next; a weight that falls takes the canary away from users who had it, and Flagger stays for ever at one that is given twice.",
  mend: "Give the plan at least two weights below 100 that rise, such as 5, 25 and 50.",
  source:
    "The stages 5, 25, 50, 100 that canaries are recommended to take; Flagger, pkg/controller/scheduler.go (nextStepWeight looks a weight up by its value).",
  kinds: releaseKinds,
  limits: {
    least: { default: 2, least: 0, most: 100, description: "Least number of weights above 0 and below 100 percent." },
  },
  *judge(release, _objects, { least }) {
    const kind = releaseKindOf(release);
    const plan = kind?.planOf(release);
    if (!kind || !plan) return;
    const below = new Set<number>();
    let before = 0;
    for (const { field, percent } of plan.weights()) {
      const falls = percent < before;
      const stays = percent === before && plan.endsAtRepeatedWeight;
      if (falls)
        yield violation(
          field,
          `the weight falls from ${formatWeight(before)} to ${formatWeight(percent)}; accepted: more than ${formatWeight(before)}`,
        );
      if (stays)
        yield violation(
          field,
          `the weight ${formatWeight(percent)} is that before it, and ${kind.controller} never leaves it; accepted: more than ${formatWeight(before)}`,
        );
      if (percent > 0 && percent < 100) below.add(percent);
      before = percent;
    }
    const hasWeights = below.size > 0 || before > 0;
    if (hasWeights && below.size < least)
      yield violation(plan.at, `the plan has ${below.size} of the weights below 100 %; accepted: at least ${least}`);
  },
};
