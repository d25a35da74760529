import { violation, type Rule } from "../../gate/rule";
import { formatWeight, positive } from "../../kinds/release";
import { releaseKindOf, releaseKinds } from "../../kinds/releaseKinds";

export const firstWeight: Rule<"most"> = {
  name: "first-weight",
  severity: "error",
  wrong: "The first weight of a canary is too large.",
  why: "The first weight decides how many users meet a bad version before anything is known about it.",
  mend: "Let the first step that sets a weight set a smaller one, such as 5.",
  source:
    "The stages 5, 25, 50, 100 that canaries are recommended to take; setWeight counts in parts of maxTrafficWeight (Argo Rollouts' specification); Flagger, pkg/controller/scheduler.go (nextStepWeight, skipAnalysis).",
  kinds: releaseKinds,
  limits: {
    most: { default: 10, least: 0, most: 100, description: "Largest first weight, in percent of the requests." },
  },
  *judge(release, _objects, { most }) {
    const plan = releaseKindOf(release)?.planOf(release);
    if (!plan) return;
    for (const { field, percent } of positive(plan)) {
      if (percent > most)
        yield violation(field, `the first weight is ${formatWeight(percent)}; accepted: at most ${formatWeight(most)}`);
      return;
    }
    yield violation(
      plan.at,
      "no step sets a weight, so the new version replaces the old one for everybody; accepted: steps that begin with a weight",
    );
  },
};
