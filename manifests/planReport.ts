import type { Metric } from "../release/metrics/metrics";
import { decidedBy, formatPlanTime, holdInWords, planTable, weightInWords, type MovedBy } from "../release/plan";
import {
  exposureInWords,
  promiseLines,
  promiseOf,
  seesInWords,
  shares,
  type PlanPromise,
} from "../release/promise/promise";
import type { ReleaseSettings } from "../release/settings";
import { formatDuration, formatPercent } from "../release/units";
import type { DescribedRelease } from "./describe";
import type { Description } from "./description";
import { smokeTestInWords } from "./smokeTest";

/** What a reviewer is told of a release before it begins. */
export interface PlanReport {
  /** For people, a line a row: steps, what is judged, the worst case, and what else to know. */
  readonly lines: readonly string[];
  /** The same as Markdown, for the stack's README in Pulumi's console and for a pull request. */
  readonly markdown: string;
  readonly promise?: PlanPromise;
}

export function planReport({ settings, ...description }: DescribedRelease): PlanReport {
  const promise = promiseOf(settings, description.schedule);
  return {
    lines: planLines(settings, description, promise),
    markdown: planMarkdown(settings, description, promise),
    ...(promise && { promise }),
  };
}

function planLines(
  settings: ReleaseSettings,
  description: Description,
  promise: PlanPromise | undefined,
): readonly string[] {
  return [
    ...planTable(settings.steps, movedBy(description)),
    ...smokeTestInWords(settings),
    judgedBy(settings),
    ...description.metrics.map((metric) => `  ${inWords(metric)}`),
    ...(promise ? promiseLines(promise, settings) : [noPromise(description)]),
    ...description.notices,
  ];
}

function movedBy({ moves, metrics }: Description): MovedBy {
  if (moves) return "each up";
  return metrics.some(({ warns }) => warns !== undefined) ? "a controller that holds on a warning" : "a controller";
}

function judgedBy({ judgement }: ReleaseSettings): string {
  const { interval, window, initialDelay, failuresTolerated } = judgement;
  const measured = `measured every ${formatDuration(interval)} over ${formatDuration(window)}, from ${formatDuration(initialDelay)} after the first weight on`;
  return `judged by, ${measured}; ${failuresTolerated} failed measurements of one metric are tolerated, one more takes the canary back:`;
}

const inWords = ({ name, words }: Metric) => `${name}: ${words}`;

function noPromise({ schedule }: Description): string {
  if (schedule === undefined) return "how bad a bad version can get: unbounded, since nobody acts between two ups";
  return "how bad a bad version can get: not known without traffic.requestRate, the rate of all requests at their peak";
}

function planMarkdown(settings: ReleaseSettings, description: Description, promise: PlanPromise | undefined): string {
  const { application, router, controller, steps } = settings;
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const worst = shares.map((share) => `bad at ${formatPercent(share)}`);
  const header = ["step", "weight", "hold", "decided by", ...(promise ? ["sees errors from", ...worst] : [])];
  const rows = steps.map((step, index) => {
    const seen = promise?.steps[index];
    return [
      `${index + 1}`,
      weightInWords(step),
      holdInWords(step),
      decidedBy(step, movedBy(description)),
      ...(seen ? [seesInWords(seen.sees), ...seen.worst.map(exposureInWords)] : []),
    ];
  });
  return [
    `## Release plan of ${application}`,
    `Router \`${router}\`, controller \`${controller}\`; ${formatPlanTime(steps)} in all.`,
    [row(header), row(header.map(() => "---")), ...rows.map(row)].join("\n"),
    ...(promise
      ? [
          promiseLines(promise, settings)
            .slice(-2)
            .map((line) => `- ${line}`)
            .join("\n"),
        ]
      : [noPromise(description)]),
    ...smokeTestInWords(settings).map((test) => `- ${test}`),
    [judgedBy(settings), ...description.metrics.map((metric) => `- ${inWords(metric)}`)].join("\n"),
    ...(description.notices.length > 0 ? [description.notices.map((notice) => `- ${notice}`).join("\n")] : []),
    "",
  ].join("\n\n");
}
