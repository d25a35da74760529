import { notKnown } from "../../../../../policies/objects/input";
import { budget, canary, deployment, object, rollout } from "../../objects";
import { judgeTable } from "../../table";
import { ofDeployment } from "./objects";

const primary = { matchExpressions: [{ key: "app", operator: "In", values: ["web", "web-primary"] }] };

judgeTable("disruption-budget", [
  ["a budget that selects the pods", [deployment(), budget()], "passes"],
  ["no budget", [deployment()], "violation", /no PodDisruptionBudget selects its pods \(app=web\)/],
  ["a budget of other pods", [deployment(), budget({}, { matchLabels: { app: "other" } })], "violation"],
  [
    "a budget with an expression",
    [deployment(), budget({}, { matchExpressions: [{ key: "app", operator: "Exists" }] })],
    "passes",
  ],
  ["a budget of all pods", [deployment(), budget({}, {})], "passes"],
  ["the canary's pods, which may all go", [deployment({}, "web-canary")], "passes"],
  ["a Canary's stable pods without one", [canary(), deployment(), budget()], "violation", /app=web-primary/],
  ["a Canary's pods of both versions", [canary(), deployment(), budget({}, primary)], "passes"],
  ["a Rollout without one", [rollout()], "violation"],
  ["a Deployment of a Rollout", [ofDeployment, deployment(), budget()], "passes"],
  ["a workload of which nothing is known yet", [object("apps/v1", "Deployment", notKnown), budget()], "not judged"],
  ["a budget whose selector is not known yet", [deployment(), budget({ selector: notKnown })], "not judged"],
  [
    "an expression that is not known here",
    [deployment(), budget({}, { matchExpressions: [{ key: "app", operator: "Like" }] })],
    "not judged",
  ],
]);
