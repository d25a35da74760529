import { analysisOf, skipsAnalysis } from "../../kinds/canary";
import { isFlagger, planOf, releaseKinds } from "../../kinds/release";
import { violation, type Rule } from "../../gate/rule";

const prefix = "notifications.argoproj.io/subscribe.";
/** Triggers of Argo Rollouts that say nothing of a release that fails. */
const ofSuccess = [
  "on-rollout-completed",
  "on-rollout-step-completed",
  "on-rollout-updated",
  "on-rollout-paused",
  "on-scaling-replica-set",
  "on-analysis-run-running",
];

export const somebodyTold: Rule<never> = {
  name: "somebody-told",
  severity: "warning",
  wrong: "Nobody is told that a release was taken back.",
  why: "The desired state still names the version that failed: without a person who mends it, the next change sends it out again.",
  mend: `Subscribe to a trigger such as on-rollout-aborted with the Rollout's annotation ${prefix}on-rollout-aborted.<service>: <recipient>, or give the Canary's analysis alerts.`,
  source:
    "Argo Rollouts' documentation of notifications; Flagger's of alerting. Subscriptions in the controller's own configuration are not seen.",
  kinds: releaseKinds,
  limits: {},
  *judge(release) {
    if (isFlagger(release)) {
      const alerts = analysisOf(release).at("alerts");
      if (!skipsAnalysis(release) && alerts.list().length === 0)
        yield violation(alerts, "the Canary has no alerts; accepted: one with a providerRef");
      return;
    }
    if (!planOf(release)) return;
    const annotations = release.at("metadata", "annotations");
    const triggers = annotations
      .keys()
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length).split(".")[0] ?? "");
    if (
      annotations.at("notifications.argoproj.io/subscriptions").exists ||
      triggers.some((trigger) => !ofSuccess.includes(trigger))
    )
      return;
    yield violation(annotations, `no subscription tells of an abort; accepted: ${prefix}on-rollout-aborted.<service>`);
  },
};
