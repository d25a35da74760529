import { notKnown } from "../../../../../policies/objects/input";
import { rollout } from "../../objects";
import { judgeTable } from "../../table";

judgeTable("way-back", [
  ["an analysis", [rollout({}, { progressDeadlineAbort: undefined })], "passes"],
  ["a deadline", [rollout({ analysis: undefined })], "passes"],
  [
    "neither",
    [rollout({ analysis: undefined }, { progressDeadlineAbort: undefined })],
    "violation",
    /progressDeadlineAbort.*no analysis and no deadline aborts/,
  ],
  [
    "an analysis as a step",
    [rollout({ analysis: undefined, steps: [{ setWeight: 5 }, { analysis: {} }] }, { progressDeadlineAbort: false })],
    "passes",
  ],
  [
    "an experiment with an analysis",
    [
      rollout(
        { analysis: undefined, steps: [{ setWeight: 5 }, { experiment: { analyses: [] } }] },
        { progressDeadlineAbort: false },
      ),
    ],
    "passes",
  ],
  [
    "an experiment without one",
    [rollout({ analysis: undefined, steps: [{ setWeight: 5 }, { experiment: {} }] }, { progressDeadlineAbort: false })],
    "violation",
  ],
  [
    "a Rollout without steps",
    [rollout({ analysis: undefined, steps: [] }, { progressDeadlineAbort: false })],
    "passes",
  ],
  [
    "a deadline that is not known yet",
    [rollout({ analysis: undefined }, { progressDeadlineAbort: notKnown })],
    "not judged",
  ],
]);
