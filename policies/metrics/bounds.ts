import { NotReadable, type Field } from "../objects/field";

/** Times of more seconds are not read, lest what is worked out with them take long. */
export const longest = 30 * 24 * 3600;
/** More failures that are tolerated are not read, for the same reason. */
export const mostFailures = 1000;

/** A value within its bounds. Throws `NotReadable` at its field otherwise. */
export function within(field: Field, value: number | undefined, least: number, most: number): number {
  if (value !== undefined && value >= least && value <= most) return value;
  throw new NotReadable(field, `is ${value ?? "missing"}; known here: ${least} to ${most}`);
}
