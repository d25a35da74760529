import { z } from "zod";
import { RE2JS } from "re2js";
import { label, listOf, text, token } from "./valueTypes";

/** What a request must carry: a header with a value, the whole of which is compared; `regex` is in RE2's syntax. */
export interface HeaderRule {
  readonly header: string;
  readonly match: "exact" | "prefix" | "regex";
  readonly value: string;
}

/** What a request must carry: a cookie with just this value. */
export interface CookieRule {
  readonly cookie: string;
  readonly value: string;
}

export type SegmentRule = HeaderRule | CookieRule;

/** A named set of requests, all of whose rules hold: each gets the canary whatever the weight, or never does. */
export interface Segment {
  readonly name: string;
  readonly gets: "canary" | "stable";
  readonly when: readonly SegmentRule[];
}

/** Where the canary is, the segments that get it and those that never do; the latter win where a request is in both. */
export function segmentsThatGet(version: Segment["gets"], segments: readonly Segment[]): readonly Segment[] {
  return segments.filter(({ gets }) => gets === version);
}

/** A rule as one about a header, for a router that knows no cookies. */
export function asHeader(rule: SegmentRule): HeaderRule {
  if ("header" in rule) return rule;
  return cookieMatching(rule.cookie, literal(rule.value));
}

/** A cookie whose value a regular expression matches, as a rule about the header that has all cookies. */
export function cookieMatching(cookie: string, value: string): HeaderRule {
  return { header: "cookie", match: "regex", value: `(.*;\\s*)?${literal(cookie)}=${value}(\\s*;.*)?` };
}

/** A header rule as a regular expression that matches the whole value, without anchors. */
export function asRegex({ match, value }: HeaderRule): string {
  if (match === "regex") return value;
  return match === "exact" ? literal(value) : `${literal(value)}.*`;
}

/** A header rule as a regular expression with anchors, for a router that looks for a match anywhere in the value. */
export function asAnchoredRegex(rule: HeaderRule): string {
  return `^(?:${asRegex(rule)})$`;
}

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A rule in words: `x-group is "staff"`. */
export function ruleInWords(rule: SegmentRule): string {
  if ("cookie" in rule) return `cookie ${rule.cookie} is "${rule.value}"`;
  const is = { exact: "is", prefix: "begins with", regex: "matches" }[rule.match];
  return `${rule.header} ${is} "${rule.value}"`;
}

/** A segment in words, as in "staff: x-group is "staff" and x-region begins with "eu-"". */
export function segmentInWords({ name, when }: Segment): string {
  return `${name} (${when.map(ruleInWords).join(" and ")})`;
}

const ruleRule = "one thing that a request carries; accepted: {header, exact | prefix | regex} or {cookie, exact}";
const regexRule =
  'a regular expression for the whole value, without anchors; accepted: RE2\'s syntax in at most 1024 characters of printable ASCII, such as "eu-(west|north)-[0-9]"';
const valueRule = "printable ASCII without a semicolon and without spaces around it, at most 1024 characters";
const headerValue = /^(?=.{1,1024}$)(?! )[\x20-\x3a\x3c-\x7e]*[\x21-\x3a\x3c-\x7e]$/;
const ruleSchema = z
  .strictObject(
    {
      header: text(token, 'the name of a header; accepted: an HTTP token, such as "x-user-group"')
        .optional()
        .describe("Name of a header that it carries, in either case of letters."),
      cookie: text(token, 'the name of a cookie; accepted: an HTTP token, such as "beta"')
        .optional()
        .describe("Name of a cookie that it carries, in place of a header."),
      exact: text(headerValue, `the whole value; accepted: ${valueRule}`).optional().describe("The whole value."),
      prefix: text(headerValue, `what the value begins with; accepted: ${valueRule}`)
        .optional()
        .describe("What the header's value begins with."),
      regex: z
        .string({ error: regexRule })
        .refine(isPlainRegex, { error: regexRule })
        .optional()
        .describe("Regular expression that the header's whole value matches."),
    },
    { error: ruleRule },
  )
  .transform(({ header, cookie, exact, prefix, regex }, context): SegmentRule => {
    const [value, ...more] = [exact, prefix, regex].filter((each) => each !== undefined);
    const one = value !== undefined && more.length === 0 && (header === undefined) !== (cookie === undefined);
    if (one && header !== undefined)
      return {
        header: header.toLowerCase(),
        match: exact !== undefined ? "exact" : prefix !== undefined ? "prefix" : "regex",
        value,
      };
    if (one && cookie !== undefined && exact !== undefined) return { cookie, value };
    context.addIssue({ code: "custom", message: ruleRule });
    return z.NEVER;
  });

/** What every router's engine reads, which is RE2's syntax; without anchors, since the whole value is compared. */
function isPlainRegex(value: string): boolean {
  if (!/^[\x20-\x7e]{1,1024}$/.test(value) || /^\^|\$$/.test(value)) return false;
  try {
    return RE2JS.compile(value) instanceof RE2JS;
  } catch {
    return false;
  }
}

/**
 * A segment as its author writes it: {name, gets: canary | stable, when: [{header, exact | prefix | regex} or {cookie,
 * exact}]}.
 */
export const segmentSchema = z.strictObject({
  name: label("the name of a segment is a DNS label").describe('Name of the segment, such as "staff" or "beta".'),
  gets: z
    .enum(["canary", "stable"], { error: "what the segment's requests get; accepted: canary, stable" })
    .default("canary")
    .describe("Whether its requests always get the canary, or never."),
  when: listOf(ruleSchema, 16)
    .min(1, { error: ruleRule })
    .describe("What a request of the segment carries, all of it: {header, exact | prefix | regex} or {cookie, exact}."),
}) satisfies z.ZodType<Segment>;
