import { formatDuration, formatNumber, formatPercent } from "../units";

/** What the values of a metric are: "share" is of 1, "times" are multiples of the stable version's value. */
export const units = ["share", "seconds", "requests/s", "times", "restarts", "number"] as const;
export type Unit = (typeof units)[number];

interface UnitFormat {
  /** A value that was measured. */
  readonly measured: (value: number) => string;
  /** A value that somebody chose to hold it against. */
  readonly bound: (value: number) => string;
}

const formats: Readonly<Record<Unit, UnitFormat>> = {
  share: { measured: (value) => formatPercent(rounded(value)), bound: formatPercent },
  seconds: {
    measured: (value) => (value < 1 ? `${rounded(value * 1000)} ms` : `${rounded(value)} s`),
    bound: formatDuration,
  },
  "requests/s": {
    measured: (value) => `${rounded(value)} requests/s`,
    bound: (value) => `${formatNumber(value)} requests/s`,
  },
  times: {
    measured: (value) => `${rounded(value)} times`,
    bound: (value) => `${formatNumber(value)} times the stable version's`,
  },
  // The increase of a counter is extrapolated, so that the bound is between two whole numbers.
  restarts: { measured: (value) => `${rounded(value)}`, bound: (value) => `${Math.ceil(value)}` },
  number: { measured: (value) => `${rounded(value)}`, bound: formatNumber },
};

const rounded = (value: number) => Number(value.toPrecision(3));

/** A measured value in its unit, with three digits: "21.3 %", "457 ms". */
export const measuredInWords = (value: number, unit: Unit) => formats[unit].measured(value);

/** A bound in its unit: "5 %", "200ms". */
export const boundInWords = (value: number, unit: Unit) => formats[unit].bound(value);
