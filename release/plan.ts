import { formatDuration } from "./units";

/** How long a step keeps its weight: seconds, or until a person promotes. */
export type Hold = number | "until promoted";

/** One stage of a release: the share of requests that the canary gets, in percent, and how long it is judged there. */
export interface Step {
  readonly weight: number;
  /**
   * Share of requests in percent that the canary gets a copy of, its answers thrown away; only where the weight is 0.
   */
  readonly mirror?: number | undefined;
  readonly hold: Hold;
}

const stages = (hold: number, ...weights: number[]): readonly Step[] => weights.map((weight) => ({ weight, hold }));

/** AWS CodeDeploy's plans: a tenth for some minutes and then everybody, or a further tenth every few minutes. */
const canary10Percent = (minutes: number): readonly Step[] => [
  { weight: 10, hold: minutes * 60 },
  { weight: 100, hold: 0 },
];
const linear10Percent = (minutes: number) => stages(minutes * 60, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100);

/**
 * Named plans: the stages 5, 25, 50, 100 with their usual timings, Argo Rollouts' introductory 20, 50, 100, and those
 * of AWS CodeDeploy.
 */
export const presets = {
  fast: stages(10 * 60, 5, 25, 50, 100),
  slow: stages(60 * 60, 5, 25, 50, 100),
  soak: stages(30 * 60, 5, 25, 50, 100),
  "20-50-100": stages(5 * 60, 20, 50, 100),
  Canary10Percent5Minutes: canary10Percent(5),
  Canary10Percent10Minutes: canary10Percent(10),
  Canary10Percent15Minutes: canary10Percent(15),
  Canary10Percent30Minutes: canary10Percent(30),
  Linear10PercentEvery1Minute: linear10Percent(1),
  Linear10PercentEvery2Minutes: linear10Percent(2),
  Linear10PercentEvery3Minutes: linear10Percent(3),
  Linear10PercentEvery10Minutes: linear10Percent(10),
} as const satisfies Record<string, readonly Step[]>;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as PresetName[];

/**
 * Who decides that a release goes on: nobody but the metrics, a person at every step, a person before all requests go
 * to it, or the metrics and, where one warns, a person. "as planned" is what steps and thresholds say by themselves.
 */
export const decisionNames = ["as planned", "automatic", "manual", "manual before 100", "hybrid"] as const;
export type Decisions = (typeof decisionNames)[number];

/** A plan's steps, with a person where the decisions ask for one; none where all requests go to the canary already. */
export function decided(steps: readonly Step[], decisions: Decisions): readonly Step[] {
  const last = steps.findLastIndex(({ weight }) => weight < 100);
  const waits = (index: number) =>
    decisions === "manual" ? index <= last : decisions === "manual before 100" && index === last;
  return steps.map((step, index) => (waits(index) ? { ...step, hold: "until promoted" } : step));
}

/** The sum of all timed holds in seconds, and how many steps wait for a person. */
export function planTime(steps: readonly Step[]): { readonly seconds: number; readonly promotions: number } {
  const timed = steps.map(({ hold }) => hold).filter((hold) => hold !== "until promoted");
  return { seconds: timed.reduce((sum, hold) => sum + hold, 0), promotions: steps.length - timed.length };
}

/** The plan's time in words: "40m", or "10m and 1 promotion by a person". */
export function formatPlanTime(steps: readonly Step[]): string {
  const { seconds, promotions } = planTime(steps);
  const waits = promotions === 0 ? [] : [`${promotions} ${promotions === 1 ? "promotion" : "promotions"} by a person`];
  const timed = seconds === 0 && promotions > 0 ? [] : [formatDuration(seconds)];
  return [...timed, ...waits].join(" and ");
}

/** Who moves the weight from step to step. */
export type MovedBy = "a controller" | "a controller that holds on a warning" | "each up";

/** Share of all requests that a step sends to the canary, copies included. */
export const received = ({ weight, mirror }: Step) => (mirror ?? weight) / 100;

/** What the canary gets at a step: "5 %", or "mirror 10 %". */
export const weightInWords = ({ weight, mirror }: Step) => (mirror ? `mirror ${mirror} %` : `${weight} %`);

export const holdInWords = ({ hold }: Step) => (hold === "until promoted" ? hold : formatDuration(hold));

/** Who decides that the release goes on from a step. */
export function decidedBy({ hold }: Step, movedBy: MovedBy): string {
  if (movedBy === "each up") return "the next up";
  if (hold === "until promoted") return "a person";
  return movedBy === "a controller" ? "the metrics" : "the metrics, a person on a warning";
}

/** The plan as a table for people, a line a row: step, weight, hold, elapsed time, and who decides that it goes on. */
export function planTable(steps: readonly Step[], movedBy: MovedBy = "a controller"): readonly string[] {
  const rows = steps.map((step, index) => [
    `${index + 1}`,
    weightInWords(step),
    holdInWords(step),
    formatPlanTime(steps.slice(0, index + 1)),
    decidedBy(step, movedBy),
  ]);
  const lines = aligned([["step", "weight", "hold", "elapsed", "decided by"], ...rows]);
  const total = `total: ${formatPlanTime(steps)}, then the canary is the stable version`;
  if (movedBy !== "each up") return [...lines, total];
  return [
    ...lines,
    total,
    "between two ups nobody acts: the time until a bad canary is taken back is unbounded until the next up",
  ];
}

/** Rows of cells as lines, each column as wide as its widest cell. */
export function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("   ")
      .trimEnd(),
  );
}
