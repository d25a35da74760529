import { violation, type Rule } from "../../gate/rule";
import { rollout } from "../../kinds/rollout";
import { canaryOf } from "../../kinds/rollout/steps";

export const completeAbort: Rule<never> = {
  name: "complete-abort",
  severity: "warning",
  wrong: "A release that fails is not aborted as a whole.",
  why: "A canary whose pods never become ready waits for people, and holds back the next release; one that stays after an abort costs its pods, and goes on working on queues and on its database.",
  mend: "Set progressDeadlineAbort: true, and leave abortScaleDownDelaySeconds at its 30 s, or above 0.",
  source:
    "argo-rollouts, rollout/sync.go (evaluateProgressDeadlineAbort), rollout/replicaset.go (abortScaleDownDelaySeconds 0 leaves the canary up).",
  kinds: [rollout.kind],
  limits: {},
  *judge(release) {
    const canary = canaryOf(release);
    if (!canary.exists) return;
    const [abort, delay] = [release.at("spec", "progressDeadlineAbort"), canary.at("abortScaleDownDelaySeconds")];
    if (!abort.isTrue)
      yield violation(abort, "a canary whose pods never become ready stays in flight; accepted: true", true);
    if (delay.number() === 0)
      yield violation(delay, "with 0 the canary's pods stay after an abort; accepted: 1 or more, such as 30", 30);
  },
};
