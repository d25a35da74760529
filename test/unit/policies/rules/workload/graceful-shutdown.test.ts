import { notKnown } from "../../../../../policies/objects/input";
import { deployment, podTemplate } from "../../objects";
import { judgeTable } from "../../table";
import { pod } from "./objects";

judgeTable("graceful-shutdown", [
  ["Kubernetes' own 30 seconds", [deployment()], "passes"],
  [
    "no time",
    [pod({ terminationGracePeriodSeconds: 0 })],
    "violation",
    /terminationGracePeriodSeconds.*killed at once/,
  ],
  [
    "a sleep as long as the time",
    [deployment({ template: podTemplate({ lifecycle: { preStop: { sleep: { seconds: 30 } } } }) })],
    "violation",
    /sleeps for 30 s of the 30 s/,
  ],
  [
    "a shorter sleep",
    [deployment({ template: podTemplate({ lifecycle: { preStop: { sleep: { seconds: 29 } } } }) })],
    "passes",
  ],
  [
    "a command that sleeps longer",
    [
      deployment({
        template: podTemplate({ lifecycle: { preStop: { exec: { command: ["sh", "-c", "drain; sleep 60"] } } } }),
      }),
    ],
    "violation",
    /sleeps for 60 s/,
  ],
  [
    "a command that does something else",
    [
      deployment({
        template: podTemplate({ lifecycle: { preStop: { exec: { command: ["drain", "--oversleep", "60"] } } } }),
      }),
    ],
    "passes",
  ],
  [
    "a longer sleep in a longer time",
    [
      deployment({
        template: podTemplate(
          { lifecycle: { preStop: { sleep: { seconds: 30 } } } },
          { terminationGracePeriodSeconds: 31 },
        ),
      }),
    ],
    "passes",
  ],
  ["a time that is not known yet", [pod({ terminationGracePeriodSeconds: notKnown })], "not judged"],
]);
