import { notKnown } from "../../../../../policies/objects/input";
import { deployment, rollout } from "../../objects";
import { judgeTable } from "../../table";
import { autoscaler, ofDeployment } from "./objects";

judgeTable("replicas", [
  ["one pod", [deployment({ replicas: 1 })], "violation", /spec\.replicas.*it has 1 pod at least; accepted: 2 or more/],
  ["two pods", [deployment()], "passes"],
  ["as many as Kubernetes gives", [deployment({ replicas: undefined })], "violation", /1 pod/],
  ["the canary's one pod", [deployment({ replicas: 1 }, "web-canary")], "passes"],
  ["a Rollout with one pod", [rollout({}, { replicas: 1 })], "violation"],
  ["one pod that an autoscaler raises to two", [deployment({ replicas: 1 }), autoscaler({ minReplicas: 2 })], "passes"],
  [
    "two pods that an autoscaler may lower to one",
    [deployment(), autoscaler({})],
    "violation",
    /HorizontalPodAutoscaler web spec\.minReplicas/,
  ],
  ["an autoscaler of another kind of the same name", [deployment(), autoscaler({}, "StatefulSet")], "passes"],
  ["a Deployment that a Rollout scales to 0", [ofDeployment, deployment({ replicas: 0 })], "passes"],
  ["a number that is not known yet", [deployment({ replicas: notKnown })], "not judged"],
]);
