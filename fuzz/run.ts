import fc from "fast-check";
import type { DescribedRelease } from "../manifests/describe";
import type { ReleaseArgs } from "../release/settings";
import { configurations } from "./configurations";
import { isSame, type Fault } from "./fault";
import { judged } from "./judged";

/** A fault, the least configuration that shows it, and how to see it again. */
export interface Found extends Fault {
  readonly args: ReleaseArgs;
  readonly seed: number;
}

export interface Run {
  readonly configurations: number;
  /** Of them, those that are releases. */
  readonly releases: number;
  readonly found: readonly Found[];
}

export interface RunOptions {
  readonly seed: number;
  readonly seconds: number;
  /** Configurations at most. Default as many as the time allows. */
  readonly most?: number;
  /** Faults that are known, and passed over. */
  readonly isKnown?: (fault: Fault, args: ReleaseArgs) => boolean;
  /** What else may be wrong with a release, such as what an API server says. */
  readonly ask?: (release: DescribedRelease) => Promise<readonly Fault[]>;
}

/** Configurations of one seed; another one goes on from where a fault was found. */
const perSeed = 1000;

/**
 * Makes configurations for so long, and looks what becomes of them. Each fault is shrunk to the least configuration that
 * shows it, told once, and passed over afterwards.
 */
export async function run({ seed, seconds, most = Infinity, isKnown = () => false, ask }: RunOptions): Promise<Run> {
  const until = Date.now() + seconds * 1000;
  const found: Found[] = [];
  let [made, releases] = [0, 0];
  for (let next = seed; Date.now() < until && made < most; next++) {
    let sought: Fault | undefined;
    let last: { readonly fault: Fault; readonly args: ReleaseArgs } | undefined;
    const property = fc.asyncProperty(configurations, async (args) => {
      made++;
      const { release, faults } = judged(args);
      if (release) releases++;
      const all = [...faults, ...((release && ask && (await ask(release))) ?? [])];
      const fault = all.find(
        (each) =>
          (sought === undefined || isSame(each, sought)) &&
          !found.some((other) => isSame(each, other)) &&
          !isKnown(each, args),
      );
      if (!fault) return true;
      sought = fault;
      last = { fault, args };
      return false;
    });
    await fc.check(property, {
      seed: next,
      numRuns: Math.min(perSeed, most - made),
      interruptAfterTimeLimit: Math.max(1, until - Date.now()),
      markInterruptAsFailure: false,
    });
    if (last) found.push({ ...last.fault, args: last.args, seed: next });
  }
  return { configurations: made, releases, found };
}
