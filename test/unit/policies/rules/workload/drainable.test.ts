import { notKnown } from "../../../../../policies/objects/input";
import { budget, deployment, rollout } from "../../objects";
import { judgeTable } from "../../table";
import { autoscaler, ofDeployment } from "./objects";

judgeTable("drainable", [
  ["one pod unavailable", [budget()], "passes"],
  ["no pod unavailable", [budget({ maxUnavailable: 0 })], "violation", /maxUnavailable: no pod may be unavailable/],
  ["no share unavailable", [budget({ maxUnavailable: "0%" })], "violation"],
  ["a share that is rounded up", [budget({ maxUnavailable: "1%" })], "passes"],
  ["all pods available", [budget({ minAvailable: "100%" })], "violation", /all pods must be available/],
  [
    "two of two pods available",
    [budget({ minAvailable: 2 }), deployment()],
    "violation",
    /2 of 2 pods must be available/,
  ],
  ["two of three pods available", [budget({ minAvailable: 2 }), deployment({ replicas: 3 })], "passes"],
  ["a share of two that is both", [budget({ minAvailable: "51%" }), rollout()], "violation", /2 of 2/],
  ["half of two", [budget({ minAvailable: "50%" }), rollout()], "passes"],
  ["pods of two versions", [budget({ minAvailable: 3 }), deployment(), deployment({}, "web-canary")], "passes"],
  [
    "pods that an autoscaler may lower to two",
    [budget({ minAvailable: 2 }), deployment({ replicas: 3 }), autoscaler({ minReplicas: 2 })],
    "violation",
  ],
  [
    "pods of a Deployment that a Rollout scales",
    [budget({ minAvailable: 1 }), ofDeployment, deployment({ replicas: 0 })],
    "passes",
  ],
  ["pods that are elsewhere", [budget({ minAvailable: 2 })], "not judged", /selects no workload among the objects/],
  ["a share that is none", [budget({ maxUnavailable: "some" })], "not judged"],
  ["a number that is not known yet", [budget({ maxUnavailable: notKnown })], "not judged"],
]);
