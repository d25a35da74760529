import fc from "fast-check";
import { isSame, type Fault } from "./fault";

/** A fault, the least input that shows it, and the seed that makes it again. */
export interface Found<Input> extends Fault {
  readonly input: Input;
  readonly seed: number;
}

export interface Run<Input> {
  /** How many inputs were made. */
  readonly made: number;
  readonly found: readonly Found<Input>[];
}

export interface RunOptions<Input> {
  readonly inputs: fc.Arbitrary<Input>;
  readonly judge: (input: Input) => readonly Fault[] | Promise<readonly Fault[]>;
  /** From 1 to 2 147 483 647. */
  readonly seed: number;
  readonly seconds: number;
  /** Inputs at most, those that shrink a fault included. Default as many as the time allows. */
  readonly most?: number;
  /** Faults that are known, and passed over. */
  readonly isKnown?: (fault: Fault) => boolean;
}

/** Inputs of one seed; the next one goes on from where a fault was found. */
const perSeed = 1000;

/**
 * Makes inputs for so long, and looks what becomes of them. Each fault is shrunk to the least input that shows it, told
 * once, and passed over afterwards.
 */
export async function run<Input>(options: RunOptions<Input>): Promise<Run<Input>> {
  const { inputs, judge, seed, seconds, most = Infinity, isKnown = () => false } = options;
  const until = Date.now() + seconds * 1000;
  const found: Found<Input>[] = [];
  let made = 0;
  for (let next = seed; Date.now() < until && made < most; next++) {
    let last: { readonly fault: Fault; readonly input: Input } | undefined;
    const isSought = (fault: Fault) =>
      last ? isSame(fault, last.fault) : !isKnown(fault) && !found.some((other) => isSame(fault, other));
    const property = fc.asyncProperty(inputs, async (input) => {
      made++;
      const fault = (await judge(input)).find(isSought);
      if (fault) last = { fault, input };
      return fault === undefined;
    });
    await fc.check(property, {
      seed: next,
      numRuns: Math.min(perSeed, most - made),
      interruptAfterTimeLimit: Math.max(1, until - Date.now()),
      markInterruptAsFailure: false,
    });
    if (last) found.push({ ...last.fault, input: last.input, seed: next });
  }
  return { made, found };
}
