import { notKnown } from "../../../../policies/objects/field";
import { canary, rollout, steps, template } from "../objects";
import { judgeTables, type Case } from "../table";

const pause = (duration: unknown) => ({ pause: { duration } });
const analysis = { analysis: { templates: [{ templateName: "web" }] } };
/** A plan whose first weight is held as given. */
const heldAt5 = (...held: object[]) => rollout({ steps: [{ setWeight: 5 }, ...held, ...steps(25, 50)] });
const background = (change: object) => ({ analysis: { templates: [{ templateName: "web" }], ...change } });

const cases: Record<string, readonly Case[]> = {
  "first-weight": [
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
  ],
  "weight-jump": [
    [
      "a Canary from 5 to 36",
      [canary({ stepWeights: [5, 36, 50] })],
      "violation",
      /stepWeights\[1\].*from 5 % to 36 %/,
    ],
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
  ],
  "rising-steps": [
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
  ],
  "min-hold": [
    [
      "a weight held for 59 seconds",
      [heldAt5(pause("59s"))],
      "violation",
      /steps\[0\]\.setWeight.*5 % is held for 59 s; accepted: a pause, or an analysis, of at least 60 s/,
    ],
    ["a weight held for a minute", [heldAt5(pause("1m"))], "passes"],
    ["seconds without a unit", [heldAt5(pause(60))], "passes"],
    ["seconds as text", [heldAt5(pause("59"))], "violation", /59 s/],
    ["two pauses", [heldAt5(pause("30s"), pause("30s"))], "passes"],
    ["a pause until somebody promotes", [heldAt5({ pause: {} })], "passes"],
    ["a weight that is not held", [heldAt5()], "violation", /held for 0 s/],
    ["100, which needs no hold", [rollout({ steps: [...steps(5, 50), { setWeight: 100 }] })], "passes"],
    [
      "an analysis of three measurements in a minute",
      [heldAt5(analysis), template({ count: 3, interval: "30s" })],
      "passes",
    ],
    ["an analysis of two", [heldAt5(analysis), template({ count: 2, interval: "30s" })], "violation", /held for 30 s/],
    [
      "an analysis of one, after a delay",
      [heldAt5(analysis), template({ count: 1, interval: undefined, initialDelay: "90s" })],
      "passes",
    ],
    ["an analysis that is elsewhere", [heldAt5(analysis)], "not judged", /AnalysisTemplate web, which is not among/],
    [
      "an analysis by a Job",
      [heldAt5(analysis), template({ provider: { job: {} } })],
      "not judged",
      /a time that is not known/,
    ],
    ["a pause that is not a duration", [heldAt5(pause("soon"))], "not judged", /is not a duration/],
    ["a Canary with an interval of 30 seconds", [canary({ interval: "30s" })], "violation", /analysis\.interval.*30 s/],
    ["a Canary with an interval of a minute", [canary()], "passes"],
    ["a Canary with an interval that is none, which is a minute", [canary({ interval: "60" })], "passes"],
    [
      "a Canary that a webhook holds",
      [canary({ interval: "30s", webhooks: [{ type: "confirm-traffic-increase" }] })],
      "not judged",
      /webhooks\[0\]/,
    ],
    ["a Canary with another webhook", [canary({ interval: "30s", webhooks: [{ type: "rollout" }] })], "violation"],
  ],
  "analysis-fits-steps": [
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
  ],
};

judgeTables(cases);
