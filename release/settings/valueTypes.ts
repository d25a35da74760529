import { z } from "zod";
import { amountOf, canonicalQuantity, formatDuration, parseDuration, parsePercent, parseRate } from "../units";

/**
 * A value that is known now, or one that the deployment engine passes on later; nothing in this room looks inside it.
 */
export type Passed<T> = T | Promise<T> | Later;
interface Later {
  apply(...args: never[]): unknown;
}

/** What is made of a value when it is known. */
export function whenKnown(value: Promise<string> | Later, make: (text: string) => Passed<string>): Passed<string> {
  type Known = (make: (text: string) => Passed<string>) => Passed<string>;
  return isOutput(value) ? (value.apply as Known)(make) : value.then(make as (text: string) => Promise<string>);
}

export const dnsLabel = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
export const dnsName = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** The key of a label, by Kubernetes' rules: a name, after a DNS name and "/" or without. */
export const labelKey =
  /^(?:(?=[^/]{1,253}\/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?$/;

/**
 * A reference to a container image, such as "registry/name:tag" or "registry/name@sha256:<digest>": a registry with its
 * port, names in lower case, a tag, a digest; at most 255 characters (the grammar of distribution/reference).
 */
export const imageReference = new RegExp(
  "^(?=.{1,255}$)" +
    "(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[a-fA-F0-9:]+\\])(?::\\d{1,5})?/)?" +
    "[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*)*" +
    "(?::\\w[\\w.-]{0,127})?(?:@sha256:[a-f0-9]{64})?$",
);

/** HTTP's own alphabet for the names of headers and cookies; the Gateway API takes 256 characters. */
export const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;

/** The same, or "" for none. */
export const orEmpty = (pattern: RegExp) => new RegExp(`${pattern.source}|^$`);

export const text = (pattern: RegExp, rule: string) => z.string({ error: rule }).regex(pattern, { error: rule });

/** A name by Kubernetes' rules for a DNS label. */
export const label = (what: string) =>
  text(dnsLabel, `${what}; accepted: lower case letters, digits and '-', at most 63`);

/** A name by Kubernetes' rules for a DNS subdomain, which most objects have. */
export const subdomain = (what: string) =>
  text(dnsName, `${what}; accepted: lower case letters, digits, '-' and '.', at most 253`);

/** Words of a command. */
export const words = (what: string) => {
  const rule = `${what} is text of at most 32768 characters without NUL; accepted: text, quoted where YAML would read a number`;
  return listOf(text(/^[^\0]{0,32768}$/, rule), 256);
};

/** A list of a bounded length. */
export const listOf = <Item extends z.ZodType>(item: Item, most: number) =>
  z.array(item).max(most, { error: `a list that can be read; accepted: at most ${most} items` });

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

/** Whether it is known only when the deployment engine passes it on. */
export function isLater(value: unknown): value is Promise<string> | Later {
  if (typeof value !== "object" || value === null) return false;
  return isOutput(value) || ("then" in value && typeof value.then === "function");
}

const isOutput = (value: object): value is Later => "apply" in value && typeof value.apply === "function";

/** Text with a unit, as one of the functions in units.ts reads it; `shape` is what documentation calls such text. */
const measured =
  <Value>(shape: string, parse: (text: string) => Value | undefined) =>
  (rule: string, accepts: (value: Value) => boolean = () => true) =>
    z
      .string({ error: rule })
      .transform((value, context) => {
        const parsed = parse(value);
        if (parsed !== undefined && accepts(parsed)) return parsed;
        context.addIssue({ code: "custom", message: rule });
        return z.NEVER;
      })
      .meta({ shape });

/** A share of 1, as in "5%". */
export const percentage = measured("percentage", parsePercent);

const counted = measured("rate", parseRate);

/** Requests per second, as in "100/s". Every program writes and reads such numbers without an exponent. */
export const rate = (what: string) =>
  counted(
    `${what}; accepted: "0.01/h" to "1000000000/s", as in "100/s", "30/m" or "5/h"`,
    (perSecond) => perSecond >= 0.01 / 3600 && perSecond <= 1e9,
  );

const amount = measured("quantity", canonicalQuantity);

/** An amount of a resource between two, as Kubernetes writes it. */
export const quantity = (what: string, least: string, most: string) =>
  amount(
    `${what} is a Kubernetes quantity; accepted: "${least}" to "${most}"`,
    (given) => amountOf(given) >= amountOf(least) && amountOf(given) <= amountOf(most),
  );

const timed = measured("duration", parseDuration);

/** Seconds, as in "1h30m". */
export const duration = (what: string, least: number, most: number) =>
  timed(
    `${what} is a duration such as "30s", "10m" or "1h30m"; accepted: ${formatDuration(least)} to ${formatDuration(most)}`,
    (seconds) => seconds >= least && seconds <= most && (least < 1 || Number.isInteger(seconds)),
  );

const pathRule =
  'accepted: "/" and what RFC 3986 allows in a path, no empty segment, no . or .. as one, no %2F or %2E, at most 1024 characters';
/** A path of a URL. An encoded slash or dot is another path to some routers, and none to the Gateway API. */
export const path = (what: string) =>
  text(
    /^(?=.{1,1024}$)(?!.*\/\/)(?!.*\/\.\.?(?:\/|$))\/(?:[\w\-.~!$&'()*+,;=:@/]|%(?!2[EFef])[0-9A-Fa-f]{2})*$/,
    `${what} begins with "/"; ${pathRule}`,
  );

const addressed = measured("URL", normalUrl);

/** A URL of HTTP, in its normal form. */
export const url = (what: string) =>
  addressed(`${what}; accepted: "http://host:port" or "https://...", without credentials, white space, fragment or {{`);

function normalUrl(given: string): string | undefined {
  // Parsing would take white space and control characters away in silence.
  // eslint-disable-next-line no-control-regex
  if (/[\s\x00-\x1f\x7f]|\{\{|#/.test(given) || given.length > 2048 || !URL.canParse(given)) return undefined;
  const { protocol, username, password, pathname, search, href } = new URL(given);
  if (!/^https?:$/.test(protocol) || username !== "" || password !== "") return undefined;
  return pathname === "/" && search === "" ? href.replace(/\/$/, "") : href;
}

/** Says that a key of a release, or what it says beside another one, is refused. */
export type Refuse = (path: readonly (string | number)[], message: string) => void;

/** The rule for a value of another type than the schema's, where the schema has no words of its own. */
export function wrongType(issue: z.core.$ZodRawIssue): string | undefined {
  const names: Readonly<Record<string, string>> = {
    object: "a map",
    record: "a map",
    array: "a list",
    string: "text",
    boolean: "true, false",
    number: "a number",
  };
  return issue.code === "invalid_type"
    ? `a value of another type is needed; accepted: ${names[issue.expected] ?? issue.expected}`
    : undefined;
}
