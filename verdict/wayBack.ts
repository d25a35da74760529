import { fieldPath } from "../release/fieldPath";
import type { AwaitedRelease } from "./awaited";

/** What an aborted release has not brought back yet, a sentence each; both lists are empty when it is complete. */
export interface WayBack {
  /** What decides who gets the requests: back within seconds. */
  readonly traffic: readonly string[];
  /** The pods behind it: the canary's go after `scaleDownSeconds`. */
  readonly pods: readonly string[];
}

/** What is wrong with the canary's weight in a router's object, where `unset` says that it may be missing there. */
export function weightIn(
  weightObject: object | undefined,
  { kind, name, path }: NonNullable<AwaitedRelease["weight"]>,
  unset?: "may be unset",
): string[] {
  const is = path.reduce<unknown>(
    (at, key) => (at as Record<string | number, unknown> | undefined)?.[key],
    weightObject,
  );
  if (is === 0 || is === "0" || (is === undefined && weightObject !== undefined && unset)) return [];
  return [`${kind} ${name}: ${fieldPath(path)} is ${is === undefined ? "not set" : String(is)}, should be 0`];
}
