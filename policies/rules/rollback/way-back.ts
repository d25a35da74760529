import { analysesOf, judgingStep } from "../../metrics/analyses";
import { canaryOf } from "../../kinds/rollout";
import { violation, type Rule } from "../../gate/rule";

export const wayBack: Rule<never> = {
  name: "way-back",
  severity: "error",
  wrong: "Nothing takes a bad canary back.",
  why: "A canary that fails keeps its share of the users until somebody looks.",
  mend: "Give the Rollout an analysis, and progressDeadlineAbort: true.",
  source:
    "argo-rollouts, rollout/sync.go (evaluateProgressDeadlineAbort): a Rollout is aborted by an analysis that fails, by its progress deadline where it says so, and by people.",
  kinds: ["argoproj.io/Rollout"],
  limits: {},
  *judge(rollout) {
    const canary = canaryOf(rollout);
    const abort = rollout.at("spec", "progressDeadlineAbort");
    if (
      !canary.exists ||
      canary.at("steps").list().length === 0 ||
      abort.isTrue ||
      [...analysesOf(canary)].length > 0 ||
      judgingStep(canary)
    )
      return;
    yield violation(abort, "no analysis and no deadline aborts the release; accepted: true, and an analysis", true);
  },
};
