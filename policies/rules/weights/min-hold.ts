import { attempt, violation, type Rule } from "../../gate/rule";
import { releaseKindOf, releaseKinds } from "../../kinds/releaseKinds";
import { formatSeconds } from "../../languages/durations";

export const minHold: Rule<"least"> = {
  name: "min-hold",
  severity: "error",
  wrong: "A weight is raised again before anything can be known of the canary at it.",
  why: "Prometheus needs two scrapes to see a rate, and people need time to complain; a weight that is passed through in seconds is no step.",
  mend: "Pause after each weight, such as 10m; give a Canary an interval of a minute or more.",
  source:
    "Argo Rollouts' specification (pause, analysis); Flagger, pkg/controller/scheduler.go: a step lasts one interval.",
  kinds: releaseKinds,
  limits: {
    least: {
      default: 60,
      least: 0,
      most: 86_400,
      description: "Least time for which each weight below 100 is held, in seconds.",
    },
  },
  *judge(release, objects, { least }) {
    const kind = releaseKindOf(release);
    if (!kind?.planOf(release)) return;
    for (const { field, words, accepted, seconds } of kind.holdsOf(release, objects)) {
      yield* attempt(function* () {
        const held = seconds(least);
        if (held < least)
          yield violation(field, `${words} ${formatSeconds(held)}; accepted: ${accepted} ${formatSeconds(least)}`);
      });
    }
  },
};
