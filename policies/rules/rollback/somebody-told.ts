import { violationOf, type Rule } from "../../gate/rule";
import { releaseKindOf, releaseKinds } from "../../kinds/releaseKinds";
import { subscriptions } from "../../kinds/rollout";

export const somebodyTold: Rule<never> = {
  name: "somebody-told",
  severity: "warning",
  wrong: "Nobody is told that a release was taken back.",
  why: "The desired state still names the version that failed: without a person who mends it, the next change sends it out again.",
  mend: `Subscribe to a trigger such as on-rollout-aborted with the Rollout's annotation ${subscriptions}on-rollout-aborted.<service>: <recipient>, or give the Canary's analysis alerts.`,
  source:
    "Argo Rollouts' documentation of notifications; Flagger's of alerting. Subscriptions in the controller's own configuration are not seen.",
  kinds: releaseKinds,
  limits: {},
  *judge(release) {
    yield* violationOf(releaseKindOf(release)?.whyNobodyIsTold(release));
  },
};
