import { ifReadable, NotReadable, type Field } from "../objects/field";
import { memoized } from "../objects/memoize";

const secondsIn: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

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

/** Seconds of text such as "1m30s"; undefined if Go does not read it as a duration. */
export const parseGoDuration = memoized((text: string): number | undefined => {
  if (text === "0") return 0;
  if (!/^\+?((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (secondsIn[unit ?? ""] ?? 0),
    0,
  );
});

/** Writes seconds for a message: "90 s". */
export function formatSeconds(seconds: number): string {
  return `${Number(seconds.toPrecision(4))} s`;
}
