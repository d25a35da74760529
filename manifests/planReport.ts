import type { Metric } from "../release/metrics/metrics";
import { decidedBy, formatPlanTime, holdInWords, planTable, weightInWords, type MovedBy } from "../release/plan";
import {
  budgetTitle,
  promiseInWords,
  promiseLines,
  promiseOf,
  shares,
  whyNoPromise,
  type PlanPromise,
  type PromiseInWords,
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
  const promise = promiseOf(settings, description);
  const words = promise && promiseInWords(promise, settings);
  return {
    lines: planLines(settings, description, words),
    markdown: planMarkdown(settings, description, words),
    ...(promise && { promise }),
  };
}

function planLines(
  settings: ReleaseSettings,
  description: Description,
  promise: PromiseInWords | undefined,
): readonly string[] {
  return [
    ...planTable(settings.steps, movedBy(description)),
    ...smokeTestInWords(settings),
    judgedBy(settings, description),
    ...description.metrics.map((metric) => `  ${inWords(metric)}`),
    ...(promise ? promiseLines(promise) : [noPromise(settings, description)]),
    ...description.notices,
  ];
}

function movedBy({ moves, metrics }: Description): MovedBy {
  if (moves) return "each up";
  return metrics.some(({ warns }) => warns !== undefined) ? "a controller that holds on a warning" : "a controller";
}

function judgedBy({ judgement }: ReleaseSettings, { failedChecks }: Description): string {
  const { equalFails, toleratedFor } = failedChecks;
  const { interval, window, initialDelay, failuresTolerated } = judgement;
  if (toleratedFor === "nothing")
    return `judged by, measured over ${formatDuration(window)} before each raise; one that fails refuses it:`;
  const measured = `measured every ${formatDuration(interval)} over ${formatDuration(window)}, from ${formatDuration(initialDelay)} after the first weight on`;
  const tolerated =
    toleratedFor === "each metric"
      ? "failed measurements of one metric are tolerated"
      : "failed checks are tolerated, of all metrics together";
  const equal = equalFails ? "" : "; a value equal to its bound passes";
  return `judged by, ${measured}; ${failuresTolerated} ${tolerated}, one more takes the canary back${equal}:`;
}

const inWords = ({ name, words }: Metric) => `${name}: ${words}`;

const noPromise = (settings: ReleaseSettings, description: Description) =>
  `how bad a bad version can get: ${whyNoPromise(settings, description)}`;

function planMarkdown(
  settings: ReleaseSettings,
  description: Description,
  promise: PromiseInWords | undefined,
): string {
  const { application, router, controller, steps } = settings;
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const worst = shares.map((share) => `bad at ${formatPercent(share)}`);
  const header = ["step", "weight", "hold", "decided by", ...(promise ? ["sees errors from", ...worst] : [])];
  const rows = steps.map((step, index) => {
    const { sees, worst } = promise?.steps[index] ?? { worst: [] };
    return [
      `${index + 1}`,
      weightInWords(step),
      holdInWords(step),
      decidedBy(step, movedBy(description)),
      ...(sees === undefined ? [] : [sees]),
      ...worst,
    ];
  });
  const budget = promise ? [["", "", "", budgetTitle, "", ...promise.ofBudget]] : [];
  const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join("\n");
  return [
    `## Release plan of ${application}`,
    `Router \`${router}\`, controller \`${controller}\`; ${formatPlanTime(steps)} in all.`,
    ...(promise ? [`${promise.title}:`] : []),
    [header, header.map(() => "---"), ...rows, ...budget].map(row).join("\n"),
    promise ? list(promise.notes) : noPromise(settings, description),
    ...smokeTestInWords(settings).map((test) => `- ${test}`),
    `${judgedBy(settings, description)}\n${list(description.metrics.map(inWords))}`,
    ...(description.notices.length > 0 ? [list(description.notices)] : []),
    "",
  ].join("\n\n");
}
