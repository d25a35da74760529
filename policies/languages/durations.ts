import { durationReader } from "../../release/units";
import { type Field, ifReadable, NotReadable } from "../objects/field";
import { memoized } from "../objects/memoized";

const units = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };
const unsigned = durationReader(units, "\\d+(?:\\.\\d*)?|\\.\\d+");

/** Seconds of a duration as Go reads it, such as "1m30s"; undefined if it is none, or less than 0. */
export const parseGoDuration = memoized((text: string): number | undefined =>
  text === "0" ? 0 : unsigned(text.replace(/^\+/, "")),
);

/** Seconds of a range as PromQL has it, such as "1d12h"; undefined if it is none. */
export const parseRange = durationReader({ ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }, "\\d+");

/**
 * Seconds of a duration as Go reads it ("1m30s"), or of a number without a unit; undefined if it is absent. Throws
 * `NotReadable` for what is neither.
 */
export function secondsOf(field: Field): number | undefined {
  if (!field.exists) return undefined;
  const text = ifReadable(() => field.text());
  if (text === undefined) return ifReadable(() => field.number()) ?? Number(field.text());
  const seconds = /^-?\d+$/.test(text) ? Number(text) : parseGoDuration(text);
  if (seconds === undefined) throw new NotReadable(field, "is not a duration");
  return seconds;
}

/** Writes seconds for a message: "90 s". */
export function formatSeconds(seconds: number): string {
  return `${Number(seconds.toPrecision(4))} s`;
}
