import { requestRateAnnotation } from "../../../manifests/annotations";
import { received, type Step } from "../../../release/plan";
import { badRequestsInWords, errorBudget, untilBackInWords } from "../../../release/promise/promise";
import { exposure as exposureFrom, type Circumstances, type Exposure } from "../../../release/promise/worstCase";
import { formatPercent, parseRate } from "../../../release/units";
import { violation, type Rule } from "../../gate/rule";
import { releaseKindOf, releaseKinds } from "../../kinds/releaseKinds";
import type { DetectingMetric, FailureDetection } from "../../metrics/failureDetection";
import { NotReadable, type Field } from "../../objects/field";
import { memoized } from "../../objects/memoized";

export const exposure: Rule<"most" | "objective" | "scrapeInterval"> = {
  name: "exposure",
  severity: "error",
  wrong: "A version that fails all its requests fails more of them than a release may cost, before it is taken back.",
  why: "The objective of a month is then lost to one release, however fast it is seen that something is wrong.",
  mend: `Let the canary get less until it was judged: smaller weights, a shorter interval, window or initialDelay, or fewer failures that are tolerated. All requests at their peak are in the annotation ${requestRateAnnotation}: "100/s".`,
  source:
    "This program's promise of a plan (release/promise/worstCase.ts): with a probability of 99.9 % no more requests fail; argo-rollouts, analysis/analysis.go, and Flagger, pkg/controller/scheduler.go, for when they measure and when they act.",
  kinds: releaseKinds,
  limits: {
    most: {
      default: 10,
      least: 0,
      most: 100,
      description: "Largest share of the month's error budget that one release may cost, in percent.",
    },
    objective: {
      default: 99.9,
      least: 50,
      most: 99.9999,
      description: "Share of a month's requests that are to succeed, in percent; the rest is the error budget.",
    },
    scrapeInterval: {
      default: 30,
      least: 1,
      most: 600,
      description: "Longest time between two scrapes of Prometheus, in seconds; a window is taken to hold four.",
    },
  },
  *judge(release, objects, { most, objective, scrapeInterval }) {
    const kind = releaseKindOf(release);
    const plan = kind?.planOf(release);
    if (!kind || !plan) return;
    const rate = rateOf(release.at("metadata", "annotations", requestRateAnnotation));
    const detection = kind.failureDetectionOf(release, objects);
    const [first] = detection.steps;
    if (!first) return;
    if (detection.steps.length > mostSteps)
      throw new NotReadable(plan.at, `has ${detection.steps.length} steps; known here: up to ${mostSteps}`);
    const least = detection.leastRequestRate;
    if (rate * received(first) < least)
      throw new NotReadable(
        first.field,
        `gives the canary fewer requests than the ${least}/s that the release goes on with`,
      );
    const [best] = detection.metrics
      .map((metric) => worstOf(detection, metric, rate, scrapeInterval))
      .sort((a, b) => a.badRequests - b.badRequests);
    const budget = errorBudget(rate, objective / 100);
    if (best && best.badRequests <= (budget * most) / 100) return;
    if (detection.unread) throw detection.unread;
    if (!best) throw new NotReadable(plan.at, "is judged by no metric that is known here to see requests which fail");
    yield violation(
      detection.steps[best.step]?.field ?? plan.at,
      `a version that fails all its requests from here on ${inWords(best, budget)}; accepted: at most ${most} % of a month's error budget at ${objective} %`,
    );
  },
};

function rateOf(field: Field): number {
  if (!field.exists)
    throw new NotReadable(
      field,
      'is not there, and how many requests a bad version can fail is not known; accepted: all requests at their peak, as "100/s"',
    );
  const rate = parseRate(field.text() ?? "");
  if (rate === undefined || rate <= 0 || rate > mostRequests)
    throw new NotReadable(
      field,
      `is no rate of requests; accepted: more than 0 and at most ${mostRequests} a second, as "100/s", "30/m" or "5/h"`,
    );
  return rate;
}

const mostRequests = 1e6;
/** With more steps the time that the worst case takes to be found grows with their square. */
const mostSteps = 200;

/** The worst case, and the step that it begins with. */
type Worst = Exposure & { readonly step: number };

function worstOf(
  { steps, holdsOnFailure, leastRequestRate }: FailureDetection,
  metric: DetectingMetric,
  rate: number,
  scrapeInterval: number,
): Worst {
  const plain = steps.map(({ weight, mirror, hold }): Step => ({
    weight,
    ...(mirror !== undefined && { mirror }),
    hold,
  }));
  const plan: Circumstances = {
    ...metric,
    steps: plain,
    requestRate: rate,
    leastRequestRate,
    scrapeInterval: Math.min(scrapeInterval, metric.window / 4),
  };
  return worstOfPlan(JSON.stringify(plan), holdsOnFailure);
}

/** A fault of the first step that nothing surely sees is promoted with the version. */
const worstOfPlan = memoized((text: string, holdsOnFailure: boolean): Worst => {
  const plan = JSON.parse(text) as Circumstances;
  const all = plan.steps.map((_, step) => ({ ...exposureFrom(plan, step, 1), step }));
  const worst = all.reduce((a, b) => (b.badRequests > a.badRequests ? b : a));
  const { seconds } = holdsOnFailure ? exposureFrom({ ...plan, steps: heldUntilBack(plan) }, 0, 1) : (all[0] ?? {});
  return seconds === undefined ? { step: 0, badRequests: Infinity } : worst;
});

/** The plan is not over while the weight is held until the router has it back at 0. */
function heldUntilBack({ steps, schedule }: Circumstances): readonly Step[] {
  const longer = (hold: Step["hold"]) => (hold === "until promoted" ? hold : hold + schedule.untilBack);
  return steps.map((step, index) => (index === steps.length - 1 ? { ...step, hold: longer(step.hold) } : step));
}

function inWords(worst: Worst, budget: number): string {
  const back =
    worst.seconds === undefined ? "is not surely taken back" : `is back at weight 0 in ${untilBackInWords(worst)}`;
  if (!Number.isFinite(worst.badRequests)) return `${back}, and there is no bound on how many of them fail`;
  return `${back}, and up to ${badRequestsInWords(worst)} of them fail (${formatPercent(Number((worst.badRequests / budget).toPrecision(2)))})`;
}
