import { cut, printable } from "../release/printable";
import { releaseKeys } from "../release/settings";
import type { RefusedRelease } from "../release/settings/refusal";
import { controls, faultsOf, type Fault } from "./fault";

const longest = 2000;

/** What a person could not use in how a configuration is refused. */
export function faultsOfRefusals({ refusals, message }: RefusedRelease, given: object): readonly Fault[] {
  const keys: readonly string[] = [...releaseKeys, ...Object.keys(given).map((key) => printable(cut(key)))];
  const namesKey = (refusal: string) =>
    keys.some((key) => refusal.startsWith(key) && /^[^\w-]/.test(refusal.slice(key.length)));
  const faults = (rule: string, lines: readonly string[], keeps: (line: string) => boolean) => {
    const broken = lines.filter((line) => !keeps(line)).map((line) => line.slice(0, 300));
    return faultsOf(rule, broken, "");
  };
  const [, ...lines] = message.split("\n");
  const words = refusals.length > 0 && lines.length === refusals.length;
  return [
    ...faultsOf("each refusal is a line", words ? [] : [`${lines.length} lines for ${refusals.length} refusals`], ""),
    ...faults("a refusal names the key", refusals, namesKey),
    ...faults("a refusal says what is accepted", refusals, (refusal) => /: .+; accepted: ./s.test(refusal)),
    ...faults("a refusal is plain text", lines, (line) => !controls.test(line)),
    ...faults("a refusal can be read at once", lines, (line) => line.length <= longest),
  ];
}
