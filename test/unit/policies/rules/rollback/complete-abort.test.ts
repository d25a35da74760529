import { notKnown } from "../../../../../policies/objects/input";
import { rollout } from "../../objects";
import { judgeTable } from "../../table";

judgeTable("complete-abort", [
  ["a deadline that aborts", [rollout()], "passes"],
  [
    "a deadline that does not",
    [rollout({}, { progressDeadlineAbort: false })],
    "violation",
    /progressDeadlineAbort.*never become ready stays in flight/,
  ],
  [
    "a canary that stays",
    [rollout({ abortScaleDownDelaySeconds: 0 })],
    "violation",
    /abortScaleDownDelaySeconds.*stay after an abort/,
  ],
  ["a canary that stays for a second", [rollout({ abortScaleDownDelaySeconds: 1 })], "passes"],
  ["a blue-green Rollout", [rollout({}, { progressDeadlineAbort: false, strategy: { blueGreen: {} } })], "passes"],
  ["a delay that is not known yet", [rollout({ abortScaleDownDelaySeconds: notKnown })], "not judged"],
]);
