import { canaryOf, formatWeight, weights } from "../rollout";
import { violation, type Rule } from "../rule";

export const firstWeight: Rule<"most"> = {
  name: "first-weight",
  severity: "error",
  wrong: "The first weight of a canary is too large.",
  why: "The first weight decides how many users meet a bad version before anything is known about it.",
  mend: "Let the first step that sets a weight set a smaller one, such as 5.",
  source: "The stages 5, 25, 50, 100 that canaries are recommended to take; setWeight counts in parts of maxTrafficWeight (Argo Rollouts' specification).",
  kinds: ["argoproj.io/Rollout"],
  limits: { most: { default: 10, least: 0, most: 100, description: "Largest first weight, in percent of the requests." } },
  *judge(rollout, _objects, { most }) {
    const canary = canaryOf(rollout);
    if (!canary.exists) return;
    for (const { field, percent } of weights(canary)) {
      if (percent > most) yield violation(field, `the first weight is ${formatWeight(percent)}; accepted: at most ${formatWeight(most)}`);
      return;
    }
    yield violation(canary.at("steps"), "no step sets a weight, so the new version replaces the old one for everybody; accepted: steps that begin with a setWeight");
  },
};
