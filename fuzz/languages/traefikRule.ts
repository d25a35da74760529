import type { ReleaseSettings } from "../../release/settings";
import { asAnchoredRegex, asHeader } from "../../release/settings/segments";
import { readGoText } from "./goText";

/** A matcher of a rule: Host("shop.example.com"). */
export interface Call {
  readonly name: string;
  readonly values: readonly string[];
}

/** The matchers of a rule of Traefik's, from left to right. Throws where the rule is none. */
export function callsOf(rule: string): readonly Call[] {
  const calls: Call[] = [];
  let at = 0;
  const take = (pattern: RegExp) => {
    const sticky = new RegExp(`\\s*(?:${pattern.source})`, "y");
    sticky.lastIndex = at;
    const found = sticky.exec(rule);
    if (found) at = sticky.lastIndex;
    return found?.[0].trim();
  };
  const need = (pattern: RegExp) => {
    const found = take(pattern);
    if (found === undefined) throw new Error(`${pattern.source} is wanted at "${rule.slice(at, at + 20)}"`);
    return found;
  };
  const either = () => {
    do both();
    while (take(/\|\|/) !== undefined);
  };
  const both = () => {
    do one();
    while (take(/&&/) !== undefined);
  };
  const one = (): void => {
    if (take(/!/) !== undefined) return one();
    if (take(/\(/) !== undefined) {
      either();
      need(/\)/);
      return;
    }
    const name = need(/[A-Za-z]+/);
    need(/\(/);
    const values: string[] = [];
    do {
      take(/(?=["`])/);
      const { value, end } = readGoText(rule, at);
      values.push(value);
      at = end;
    } while (take(/,/) !== undefined);
    need(/\)/);
    calls.push({ name, values });
  };
  either();
  if (rule.slice(at).trim() !== "") throw new Error(`the rule goes on with "${rule.slice(at, at + 20)}"`);
  return calls;
}

/** What a rule says that the release does not; nothing where all of it is the release's. */
export function strangeIn(rule: string, { host, path, segments }: ReleaseSettings): readonly string[] {
  const calls = callsOf(rule);
  const headers = segments
    .flatMap(({ when }) => when)
    .map(asHeader)
    .map((header) => [header.header, header.match === "exact" ? header.value : asAnchoredRegex(header)]);
  const known: Readonly<Record<string, readonly (readonly string[])[]>> = {
    Host: [[host]],
    PathPrefix: [[path]],
    Header: headers,
    HeaderRegexp: headers,
  };
  const same = (a: readonly string[], b: readonly string[]) =>
    a.length === b.length && a.every((each, at) => each === b[at]);
  const missing = ["Host", "PathPrefix"].filter((name) => calls.filter((call) => call.name === name).length !== 1);
  return [
    ...missing.map((name) => `${name} is not there once`),
    ...calls
      .filter(({ name, values }) => !known[name]?.some((each) => same(each, values)))
      .map(
        ({ name, values }) =>
          `${name}(${values.map((value) => JSON.stringify(value)).join(", ")}) is not the release's`,
      ),
  ];
}
