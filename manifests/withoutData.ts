import type { ControllerName } from "../release/settings";
import { controllers } from "./controllers";
import { native, type Support } from "./support";

/** What `judgement.noData` may say; "pass" stands for a reason in writing. */
export const noDataMeanings = ["fail", "hold", "hold, then fail", "pass"] as const;
export type NoDataMeaning = (typeof noDataMeanings)[number];

/** What Prometheus may answer in place of data to all queries, to one of them, or to none. */
export const noDataCases = [
  "an empty vector",
  "NaN beside enough requests",
  "too few requests",
  "no answer at all",
] as const;
export type NoDataCase = (typeof noDataCases)[number];

/** What a release does then; where only the next up moves it, it goes on or does not. */
export type NoDataOutcome = "rolls back" | "holds" | "goes on" | "refuses to go on";

/** What a release does without data, in its first hold and in later ones, and how its controller does it. */
export interface WithoutData {
  readonly first: NoDataOutcome;
  readonly later: NoDataOutcome;
  readonly support: Support;
}

export function withoutData(controller: ControllerName, meaning: NoDataMeaning, measured: NoDataCase): WithoutData {
  const outcome = measured === "no answer at all" ? inEachHold("rolls back") : outcomes[meaning](measured);
  const support = supportOf(controller, outcome);
  if (controllers[controller].steering) return { ...outcome, support };
  const raised = (does: NoDataOutcome): NoDataOutcome => (does === "goes on" ? does : "refuses to go on");
  return { first: raised(outcome.first), later: raised(outcome.later), support };
}

type Outcomes = Pick<WithoutData, "first" | "later">;

const inEachHold = (does: NoDataOutcome): Outcomes => ({ first: does, later: does });

const outcomes: Readonly<Record<NoDataMeaning, (measured: NoDataCase) => Outcomes>> = {
  fail: () => inEachHold("rolls back"),
  hold: () => inEachHold("holds"),
  // Only missing requests fail later: of another metric's missing data nobody knows why.
  "hold, then fail": (measured) =>
    measured === "NaN beside enough requests" ? inEachHold("holds") : { first: "holds", later: "rolls back" },
  pass: () => inEachHold("goes on"),
};

function supportOf(controller: ControllerName, { first }: Outcomes): Support {
  const { supports } = controllers[controller];
  if (first === "holds") return supports["no data holds"];
  return first === "goes on" ? supports["no data passes"] : native();
}

/** A table in Markdown: what each controller does without data; cases that are the same for all share a row. */
export function noDataTable(noted: (text: string, note: string | undefined) => string): readonly string[] {
  const names = Object.keys(controllers) as ControllerName[];
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rows = noDataMeanings.flatMap((meaning) => {
    const cells = (measured: NoDataCase) =>
      names.map((controller) => inWords(withoutData(controller, meaning, measured), noted));
    const groups = new Map<string, NoDataCase[]>();
    for (const measured of noDataCases)
      groups.set(row(cells(measured)), [...(groups.get(row(cells(measured))) ?? []), measured]);
    return [...groups.values()].map((same) =>
      row([`\`${meaning}\``, same.join(", ").replace(/, ([^,]*)$/, " or $1"), ...cells(same[0] ?? "an empty vector")]),
    );
  });
  return [
    row(["`judgement.noData`", "Prometheus says", ...names.map((name) => `\`${name}\``)]),
    row(["---", "---", ...names.map(() => "---")]),
    ...rows,
  ];
}

function inWords(
  { first, later, support }: WithoutData,
  noted: (text: string, note: string | undefined) => string,
): string {
  if (support.how === "refused") return noted("no", support.why);
  const does = first === later ? first : `${first} at first, later ${later}`;
  return noted(support.how === "gate" ? `${does}, through a gate` : does, support.note);
}
