import { violation, type Rule } from "../../gate/rule";
import { formatWeight, positive, type Weight } from "../../kinds/release";
import { releaseKindOf, releaseKinds } from "../../kinds/releaseKinds";

export const weightJump: Rule<"most" | "below"> = {
  name: "weight-jump",
  severity: "error",
  wrong: "A canary goes to many more users in one step.",
  why: "A fault that shows only under load, or for few users, then meets most of them at once.",
  mend: "Put a step in between, such as 25 between 5 and 50.",
  source:
    "The stages 5, 25, 50, 100 that canaries are recommended to take; after its last step a Rollout goes to 100 (Argo Rollouts' specification), and so does a Canary (Flagger, pkg/controller/scheduler.go: runCanary).",
  kinds: releaseKinds,
  limits: {
    most: {
      default: 30,
      least: 1,
      most: 100,
      description: "Largest rise of the weight in one step, in percentage points.",
    },
    below: { default: 50, least: 0, most: 100, description: "Weight, in percent, from which on any rise is accepted." },
  },
  *judge(release, _objects, { most, below }) {
    const plan = releaseKindOf(release)?.planOf(release);
    if (!plan) return;
    const jumps = (from: number, to: number) => from < below && to - from > most;
    const accepted = (from: number) => `accepted: at most ${formatWeight(from + most)} after ${formatWeight(from)}`;
    let before: Weight | undefined;
    for (const weight of positive(plan)) {
      const [from, to] = [before?.percent ?? weight.percent, weight.percent];
      if (jumps(from, to))
        yield violation(
          weight.field,
          `the weight goes from ${formatWeight(from)} to ${formatWeight(to)}; ${accepted(from)}`,
        );
      before = weight;
    }
    if (before && jumps(before.percent, 100)) {
      yield violation(
        plan.at,
        `after the last step the weight goes from ${formatWeight(before.percent)} to 100 %; ${accepted(before.percent)}`,
      );
    }
  },
};
