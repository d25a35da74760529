import { z } from "zod";
import { formatDuration, parseDuration } from "../units";

/**
 * A value that is known now, or one that the deployment engine passes on later; nothing in this room looks inside it.
 */
export type Passed<T> = T | Promise<T> | Later;
interface Later {
  apply(...args: never[]): unknown;
}

export const dnsLabel = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
export const dnsName = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** A reference to a container image, such as "registry/name:tag" or "registry/name@sha256:<digest>". */
export const imageReference = /^[^\s:@]+(:\d+)?(\/[^\s:@]+)*(:[\w][\w.-]{0,127})?(@sha256:[a-f0-9]{64})?$/;

/** HTTP's own alphabet for the names of headers and cookies. */
export const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The same, or "" for none. */
export const orEmpty = (pattern: RegExp) => new RegExp(`${pattern.source}|^$`);

export const text = (pattern: RegExp, rule: string) => z.string({ error: rule }).regex(pattern, { error: rule });

export const whole = (least: number, most: number, what: string) => {
  const rule = `${what} is a whole number; accepted: ${least} to ${most}`;
  return z.int({ error: rule }).min(least, { error: rule }).max(most, { error: rule });
};

/** Text, or a value known later, which is then taken as it is. */
export const passed = (pattern: RegExp, rule: string) =>
  z
    .custom<Passed<string>>((value) => (typeof value === "string" ? pattern.test(value) : isLater(value)), {
      error: rule,
    })
    .meta({ type: "string" });
const isLater = (value: unknown) =>
  typeof value === "object" && value !== null && ("apply" in value || "then" in value);

/** Text with a unit, parsed by one of the functions in units.ts. */
export const measured = <Value>(
  parse: (text: string) => Value | undefined,
  rule: string,
  accepts: (value: Value) => boolean = () => true,
) =>
  z.string({ error: rule }).transform((value, context) => {
    const parsed = parse(value);
    if (parsed !== undefined && accepts(parsed)) return parsed;
    context.addIssue({ code: "custom", message: rule });
    return z.NEVER;
  });

export const duration = (what: string, least: number, most: number) =>
  measured(
    parseDuration,
    `${what} is a duration such as "30s", "10m" or "1h30m"; accepted: ${formatDuration(least)} to ${formatDuration(most)}`,
    (seconds) => seconds >= least && seconds <= most && (least < 1 || Number.isInteger(seconds)),
  );

/** Says that a key of a release, or what it says beside another one, is refused. */
export type Refuse = (path: readonly (string | number)[], message: string) => void;
