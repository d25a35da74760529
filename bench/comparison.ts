// What the runs of the bench of bad releases come to: medians, worst cases, and whether the promise was kept.
import type { Exposure } from "../release/promise/worstCase";

/** One bad release of one contender, as its users saw it. */
export interface TimedRun {
  readonly caught: boolean;
  /** Bad answers of the version, until it was taken back or promoted. */
  readonly bad: number;
  /**
   * From the first bad answer to the last answer of the version; nothing where it was not bad yet when it was taken
   * back.
   */
  readonly seconds?: number;
}

/** The runs of one contender with one kind of bad version. */
export interface Row {
  readonly kind: string;
  readonly contender: string;
  /** Whether the contender's own bounds are exceeded. */
  readonly mustAbort: boolean;
  readonly promise?: Exposure;
  readonly runs: readonly TimedRun[];
}

export interface Summary {
  readonly caught: number;
  /** Taken back before they were bad, which is no measure of how bad they can get. */
  readonly early: number;
  readonly bad: Measured;
  readonly seconds: Measured;
}

interface Measured {
  readonly median: number;
  readonly worst: number;
}

/** A version that is not taken back stays for ever. */
export function summary({ runs }: Row): Summary {
  const bad = runs.filter((run) => !isEarly(run));
  return {
    caught: bad.filter(({ caught }) => caught).length,
    early: runs.length - bad.length,
    bad: measured(bad.map((run) => run.bad)),
    seconds: measured(bad.map(({ caught, seconds = 0 }) => (caught ? seconds : Infinity))),
  };
}

const isEarly = ({ caught, seconds }: TimedRun) => caught && seconds === undefined;

function measured(values: readonly number[]): Measured {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? NaN, worst: sorted.at(-1) ?? NaN };
}

/**
 * What was not kept: each contender its promise, and ours at most half of the bad requests and of the time of each
 * other that must abort too.
 */
export function broken(rows: readonly Row[], ours: string, others: readonly string[]): readonly string[] {
  return rows.flatMap((row) => {
    const against =
      row.contender === ours && row.mustAbort
        ? rows.filter(({ kind, contender, mustAbort }) => kind === row.kind && mustAbort && others.includes(contender))
        : [];
    return [...brokenPromise(row), ...against.flatMap((other) => moreThanHalf(row, other))];
  });
}

function brokenPromise(row: Row): readonly string[] {
  const { kind, contender, promise, mustAbort, runs } = row;
  if (!mustAbort || promise === undefined) return [];
  const { caught, early, bad, seconds } = summary(row);
  const of = `${kind} with ${contender}`;
  const missed = runs.length - caught - early;
  return [
    ...(early > 0 ? [`${of}: ${early} of ${runs.length} taken back before they were bad`] : []),
    ...(missed > 0 && promise.seconds !== undefined ? [`${of}: ${missed} of ${runs.length} not caught`] : []),
    ...(bad.worst > promise.badRequests
      ? [`${of}: ${bad.worst} bad requests, promised were ${promise.badRequests}`]
      : []),
    ...(missed === 0 && promise.seconds !== undefined && seconds.worst > promise.seconds
      ? [`${of}: ${seconds.worst.toFixed(1)} s, promised were ${promise.seconds.toFixed(1)}`]
      : []),
  ];
}

function moreThanHalf(row: Row, other: Row): readonly string[] {
  const [mine, its] = [summary(row), summary(other)];
  return (["bad", "seconds"] as const).flatMap((what) =>
    (["median", "worst"] as const)
      .filter((which) => mine[what][which] > its[what][which] / 2)
      .map(
        (which) =>
          `${row.kind}: ${which} ${what === "bad" ? "bad requests" : "seconds"} ${round(mine[what][which])} are more than half of ${other.contender}'s ${round(its[what][which])}`,
      ),
  );
}

const round = (value: number) => Number(value.toFixed(1));
