import { object, rollout } from "../../objects";
import { judgeTable } from "../../table";
import { apart, destinationRule, istio, ofTrack, plainService, widened } from "./objects";

judgeTable("subsets-match-pods", [
  ["subsets that pods match", [apart, widened, ofTrack("stable"), ofTrack("canary")], "passes"],
  [
    "a label that no pod has",
    [destinationRule({ version: "stable" }, { version: "canary" }), widened, ofTrack("stable")],
    "violation",
    /subsets\[0\]\.labels.*no pod has the label version/,
  ],
  [
    "a value that no pod of two versions has",
    [destinationRule({ track: "stable" }, { track: "canry" }), widened, ofTrack("stable"), ofTrack("canary")],
    "violation",
    /subsets\[1\]\.labels.*no pod has these labels together/,
  ],
  [
    "a version that is not declared yet",
    [apart, widened, ofTrack("stable")],
    "not judged",
    /may be on those of a version that is not declared yet/,
  ],
  [
    "a subset of a Rollout's pods, by the hash",
    [destinationRule({ app: "web" }, { app: "web", "rollouts-pod-template-hash": "abc" }), widened, rollout()],
    "passes",
  ],
  [
    "pods of another Service",
    [apart, plainService("web", { app: "other" }), ofTrack("stable"), ofTrack("canary")],
    "not judged",
  ],
  ["a Service that is elsewhere", [apart], "not judged"],
  ["no subsets", [object(istio, "DestinationRule", { host: "away" })], "passes"],
]);
