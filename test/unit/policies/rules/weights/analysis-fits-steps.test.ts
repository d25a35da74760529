import { rollout, steps, template } from "../../objects";
import { judgeTable } from "../../table";
import { analysis, heldAt5 } from "./objects";

const background = (change: object) => ({ analysis: { templates: [{ templateName: "web" }], ...change } });

judgeTable("analysis-fits-steps", [
  [
    "an analysis as a step that never ends",
    [heldAt5(analysis), template()],
    "violation",
    /metrics\[0\].*error-rate of an analysis that is a step never ends/,
  ],
  [
    "an analysis as a step, whose time is not known, before one in the background that ends",
    [heldAt5(analysis), template({ count: 3 })],
    "not judged",
    /steps\[1\]/,
  ],
  [
    "an analysis as a step with a count at each weight",
    [
      rollout({ analysis: undefined, steps: [5, 25, 50].flatMap((setWeight) => [{ setWeight }, analysis]) }),
      template({ count: 3 }),
    ],
    "passes",
  ],
  [
    "an analysis as a step, but not at the last weight",
    [rollout({ analysis: undefined, steps: [{ setWeight: 5 }, analysis, ...steps(25, 50)] }), template({ count: 3 })],
    "violation",
    /steps\[4\]\.setWeight.*nothing judges 50 %/,
  ],
  [
    "measurements that are further apart than the pauses",
    [rollout(), template({ interval: "11m" })],
    "violation",
    /every 660 s, and a weight is held for 600 s/,
  ],
  ["measurements as far apart as the pauses", [rollout(), template({ interval: "10m" })], "passes"],
  [
    "an analysis that begins with 100",
    [rollout({ ...background({ startingStep: 6 }), steps: steps(5, 25, 50, 100) }), template()],
    "violation",
    /startingStep.*begins after 50 %/,
  ],
  [
    "an analysis that begins at the last weight",
    [rollout({ ...background({ startingStep: 5 }), steps: steps(5, 25, 50, 100) }), template()],
    "passes",
  ],
  [
    "a first measurement after 100",
    [rollout(), template({ initialDelay: "31m" })],
    "violation",
    /its first measurement comes 1860 s after its begin, and 50 %, the last weight before 100 %, lasts from 1200 s to 1800 s/,
  ],
  [
    "a last measurement before the last weight",
    [rollout(), template({ count: 3, interval: "5m" })],
    "violation",
    /its last measurement comes 600 s after its begin/,
  ],
  ["a last measurement at the last weight", [rollout(), template({ count: 5, interval: "5m" })], "passes"],
  [
    "measurements that may end before a person promotes",
    [rollout({ steps: [{ setWeight: 5 }, { pause: {} }, ...steps(25, 50)] }), template({ count: 3 })],
    "not judged",
    /when a person promotes/,
  ],
  ["a canary without an analysis, which another rule refuses", [rollout({ analysis: undefined })], "passes"],
  ["a template that is elsewhere", [rollout()], "not judged"],
]);
