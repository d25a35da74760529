import { violation, type Rule } from "../../gate/rule";
import { rollout } from "../../kinds/rollout";
import { analysesOf, judgingStep } from "../../kinds/rollout/analyses";
import { canaryOf } from "../../kinds/rollout/steps";

export const wayBack: Rule<never> = {
  name: "way-back",
  severity: "error",
  wrong: "Nothing takes a bad canary back.",
  why: "A canary that fails keeps its share of the users until somebody looks.",
  mend: "Give the Rollout an analysis, and progressDeadlineAbort: true.",
  source:
    "argo-rollouts, rollout/sync.go (evaluateProgressDeadlineAbort): a Rollout is aborted by an analysis that fails, by its progress deadline where it says so, and by people.",
  kinds: [rollout.kind],
  limits: {},
  *judge(release) {
    const canary = canaryOf(release);
    const abort = release.at("spec", "progressDeadlineAbort");
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
