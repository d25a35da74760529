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
  return { header: "cookie", match: "regex", value: `(.*;\\s*)?${literal(`${rule.cookie}=${rule.value}`)}(\\s*;.*)?` };
}

/** A header rule as a regular expression that matches the whole value, without anchors. */
export function asRegex({ match, value }: HeaderRule): string {
  if (match === "regex") return value;
  return match === "exact" ? literal(value) : `${literal(value)}.*`;
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
