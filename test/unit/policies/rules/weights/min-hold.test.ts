import { canary, rollout, steps, template } from "../../objects";
import { judgeTable } from "../../table";
import { analysis, heldAt5 } from "./objects";

const pause = (duration: unknown) => ({ pause: { duration } });

judgeTable("min-hold", [
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
]);
