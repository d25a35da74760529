import { printable } from "../release/printable";
import { releaseKeys } from "../release/settings";
import { faultsOf, type Fault } from "./fault";

const longest = 2000;
/** A longer key is named by its beginning. */
const longestKey = 200;
// eslint-disable-next-line no-control-regex
const controls = /[\x00-\x1f\x7f]/;

/** What a person could not use in the refusals of a configuration. */
export function faultsOfRefusals(refusals: readonly string[], given: object): readonly Fault[] {
  const keys: readonly string[] = [...releaseKeys, ...Object.keys(given)];
  const namesKey = (refusal: string) =>
    keys.some((key) => {
      const name = printable(key.slice(0, longestKey));
      return refusal.startsWith(name) && (key.length > longestKey || /^[^\w-]/.test(refusal.slice(name.length)));
    });
  const faults = (rule: string, keeps: (refusal: string) => boolean) => {
    const broken = refusals.filter((refusal) => !keeps(refusal)).map((refusal) => refusal.slice(0, 300));
    return faultsOf(rule, broken, "");
  };
  return [
    ...faultsOf("what is refused is refused for something", refusals.length === 0 ? ["there are no words"] : []),
    ...faults("a refusal names the key", namesKey),
    ...faults("a refusal says what is accepted", (refusal) => /: .+; accepted: ./s.test(refusal)),
    ...faults("a refusal is one line of plain text", (refusal) => !controls.test(refusal)),
    ...faults("a refusal can be read at once", (refusal) => refusal.length <= longest),
  ];
}
