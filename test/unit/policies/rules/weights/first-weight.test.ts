import { notKnown } from "../../../../../policies/objects/input";
import { canary, rollout, steps } from "../../objects";
import { judgeTable } from "../../table";

judgeTable("first-weight", [
  [
    "a first weight of 11 %",
    [rollout({ steps: steps(11, 25, 50) })],
    "violation",
    /steps\[0\]\.setWeight.*first weight is 11 %; accepted: at most 10 %/,
  ],
  ["a first weight of 10 %", [rollout({ steps: steps(10, 25, 50) })], "passes"],
  ["a large weight after one of 0", [rollout({ steps: steps(0, 50) })], "violation", /steps\[2\]\.setWeight.*50 %/],
  ["a weight of 0, then a small one", [rollout({ steps: steps(0, 5) })], "passes"],
  ["5 parts of 20", [rollout({ steps: steps(5), trafficRouting: { maxTrafficWeight: 20 } })], "violation", /25 %/],
  ["50 parts of 1000", [rollout({ steps: steps(50), trafficRouting: { maxTrafficWeight: 1000 } })], "passes"],
  ["a canary without steps", [rollout({ steps: undefined })], "violation", /no step sets a weight/],
  ["steps without a weight", [rollout({ steps: [{ pause: {} }] })], "violation", /no step sets a weight/],
  ["a blue-green Rollout", [rollout({}, { strategy: { blueGreen: {} } })], "passes"],
  [
    "a weight that is not known yet",
    [rollout({ steps: steps(notKnown) })],
    "not judged",
    /not known before the deployment/,
  ],
  ["steps that are not known yet", [rollout({ steps: notKnown })], "not judged", /spec\.strategy\.canary\.steps/],
  ["a Canary that begins with 11", [canary({ stepWeights: [11, 25, 50] })], "violation", /stepWeights\[0\].*11 %/],
  ["a Canary that begins with 10", [canary({ stepWeights: [10, 25, 50] })], "passes"],
  [
    "a Canary with steps of 20",
    [canary({ stepWeights: undefined, stepWeight: 20, maxWeight: 60 })],
    "violation",
    /stepWeight.*20 %/,
  ],
  ["a Canary with both, of which stepWeight counts", [canary({ stepWeight: 20 })], "violation", /20 %/],
  ["a Canary without weights", [canary({ stepWeights: undefined })], "violation", /no step sets a weight/],
  ["a blue-green Canary", [canary({ stepWeights: undefined, iterations: 10 })], "passes"],
  ["a Canary with weights that are not known yet", [canary({ stepWeights: notKnown })], "not judged"],
  ["a Canary with a part of a weight", [canary({ stepWeight: 0.001 })], "not judged"],
]);
