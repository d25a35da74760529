import { RE2JS } from "re2js";
import { asAnchoredRegex, asHeader, type SegmentRule } from "../../release/settings/segments";

/** Why Go, Envoy and whoever else reads RE2 would not take a regular expression; undefined where they do. */
export function refusedRegex(regex: string): string | undefined {
  try {
    RE2JS.compile(regex);
    return undefined;
  } catch (error) {
    return `${JSON.stringify(regex)}: ${(error as Error).message}`;
  }
}

/** Whether a rule, as a regular expression, takes what it names and nothing longer. */
export function strangeMatch(rule: SegmentRule): string | undefined {
  const header = asHeader(rule);
  const isText = "cookie" in rule || header.match !== "regex";
  if (!isText || refusedRegex(asAnchoredRegex(header)) !== undefined) return undefined;
  const regex = RE2JS.compile(asAnchoredRegex(header));
  const found = (value: string) => regex.matcher(value).find();
  const own = "cookie" in rule ? `a=b; ${rule.cookie}=${rule.value}; c=d` : header.value;
  const other = "cookie" in rule ? `${rule.cookie}=${rule.value}x` : `x${header.value}`;
  if (!found(own)) return `${asAnchoredRegex(header)} does not match ${JSON.stringify(own)}`;
  return found(other) ? `${asAnchoredRegex(header)} matches ${JSON.stringify(other)}` : undefined;
}
