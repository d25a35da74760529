import { notKnown } from "../../../../../policies/objects/input";
import { canary, input, rollout } from "../../objects";
import { judgeTable } from "../../table";

const subscribed = (trigger: string) =>
  rollout({}, {}, { [`notifications.argoproj.io/subscribe.${trigger}.slack`]: "shop" });

judgeTable("somebody-told", [
  ["a subscription to aborts", [subscribed("on-rollout-aborted")], "passes"],
  ["a subscription to an analysis that fails", [subscribed("on-analysis-run-failed")], "passes"],
  ["a subscription to a trigger of one's own", [subscribed("on-bad-news")], "passes"],
  [
    "a subscription to successes",
    [subscribed("on-rollout-completed")],
    "violation",
    /no subscription tells of an abort/,
  ],
  ["no subscription", [rollout({}, {}, {})], "violation"],
  [
    "annotations that are not known yet",
    [input({ ...rollout().object, metadata: { name: "web", annotations: notKnown } })],
    "not judged",
  ],
  ["a Canary with an alert", [canary()], "passes"],
  ["a Canary without one", [canary({ alerts: undefined })], "violation", /analysis\.alerts.*no alerts/],
  ["alerts that are not known yet", [canary({ alerts: notKnown })], "not judged"],
]);
