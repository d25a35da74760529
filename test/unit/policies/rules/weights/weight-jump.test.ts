import { notKnown } from "../../../../../policies/objects/input";
import { canary, rollout, steps } from "../../objects";
import { judgeTable } from "../../table";

judgeTable("weight-jump", [
  [
    "from 5 to 36",
    [rollout({ steps: steps(5, 36, 50) })],
    "violation",
    /steps\[2\]\.setWeight.*from 5 % to 36 %; accepted: at most 35 % after 5 %/,
  ],
  ["from 5 to 35", [rollout({ steps: steps(5, 35, 50) })], "passes"],
  [
    "from 49 to the end",
    [rollout({ steps: steps(5, 25, 49) })],
    "violation",
    /after the last step the weight goes from 49 % to 100 %/,
  ],
  ["from 50 to the end", [rollout({ steps: steps(5, 25, 50) })], "passes"],
  ["from 50 to 100", [rollout({ steps: steps(5, 25, 50, 100) })], "passes"],
  ["a large first weight, which another rule refuses", [rollout({ steps: steps(60) })], "passes"],
  [
    "a jump in parts of maxTrafficWeight",
    [rollout({ steps: steps(1, 10), trafficRouting: { maxTrafficWeight: 20 } })],
    "violation",
    /from 5 % to 50 %/,
  ],
  [
    "a jump before a weight that is not known yet",
    [rollout({ steps: steps(5, 50, notKnown) })],
    "violation",
    /from 5 % to 50 %/,
  ],
  ["a weight in between that is not known yet", [rollout({ steps: steps(5, notKnown, 50) })], "not judged"],
  ["a Canary from 5 to 36", [canary({ stepWeights: [5, 36, 50] })], "violation", /stepWeights\[1\].*from 5 % to 36 %/],
  ["a Canary from 5 to 35", [canary({ stepWeights: [5, 35, 50] })], "passes"],
  ["a Canary from 49 to the end", [canary({ stepWeights: [5, 25, 49] })], "violation", /after the last step/],
  [
    "a Canary from its maxWeight to the end",
    [canary({ stepWeights: undefined, stepWeight: 10, maxWeight: 40 })],
    "violation",
    /from 40 % to 100 %/,
  ],
  ["a Canary whose maxWeight stepWeights rules out", [canary({ maxWeight: 40 })], "passes"],
  ["a Canary in small steps to 50", [canary({ stepWeights: undefined, stepWeight: 10, maxWeight: 50 })], "passes"],
]);
