import { notKnown } from "../../../../../policies/objects/input";
import { canary, rollout, steps } from "../../objects";
import { judgeTable } from "../../table";

judgeTable("rising-steps", [
  [
    "a weight that falls",
    [rollout({ steps: steps(5, 25, 10, 50) })],
    "violation",
    /steps\[4\]\.setWeight.*falls from 25 % to 10 %/,
  ],
  ["a weight that falls to 0", [rollout({ steps: steps(5, 25, 0, 50) })], "violation", /falls from 25 % to 0 %/],
  [
    "one step before 100",
    [rollout({ steps: steps(5) })],
    "violation",
    /1 of the weights below 100 %; accepted: at least 2/,
  ],
  ["one step given twice", [rollout({ steps: steps(5, 5, 100) })], "violation", /1 of the weights/],
  ["two steps, and 100", [rollout({ steps: steps(5, 50, 100) })], "passes"],
  ["no weights, which another rule refuses", [rollout({ steps: [] })], "passes"],
  ["a Canary with one step", [canary({ stepWeights: [5] })], "violation", /1 of the weights/],
  [
    "a Canary that never leaves a weight",
    [canary({ stepWeights: [5, 25, 25, 50] })],
    "violation",
    /stepWeights\[2\].*Flagger never leaves it/,
  ],
  ["a Canary that never begins", [canary({ stepWeights: [0, 5, 50] })], "violation", /the weight 0 % .*never leaves/],
  ["a Canary with two steps", [canary({ stepWeights: [10, 50] })], "passes"],
  ["a weight that is not known yet", [rollout({ steps: steps(5, notKnown) })], "not judged"],
]);
