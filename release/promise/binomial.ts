// Pulumi's language host compiles what is imported, and nothing else that tsconfig.json includes.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./jstat.d.ts" />
import jstat from "jstat";
import { leastWhole } from "../bisection";

/**
 * The probability that of `trials` independent ones, each a hit with probability `p`, at least `least` are hits: the
 * regularized incomplete beta function I_p(least, trials - least + 1), which is 1 - (1 - p)^trials for one hit.
 */
export function atLeast(least: number, trials: number, p: number): number {
  if (least <= 0) return 1;
  if (least > trials || p <= 0) return 0;
  if (p >= 1) return 1;
  return least === 1
    ? -Math.expm1(trials * Math.log1p(-p))
    : Math.min(1, Math.max(0, jstat.ibeta(p, least, trials - least + 1)));
}

/**
 * The probability of fewer hits than `least` where so many are expected, which come at random, one by one: Poisson's
 * distribution, as the limit of the binomial one for many trials. Hits among trials that are certain to come vary less.
 */
export function fewer(least: number, expected: number): number {
  const many = Math.ceil(1000 + 100 * (expected + least));
  return 1 - atLeast(least, many, expected / many);
}

/**
 * A number that hits stay at or under with the given probability, when so many are expected. Chernoff's bound P(X >= k)
 * <= e^-mean (e mean / k)^k holds for trials as for hits that come at random, one by one (Poisson).
 */
export function mostHits(expected: number, confidence: number): number {
  if (expected === 0 || !Number.isFinite(expected)) return expected;
  const unlikely = (k: number) =>
    k > expected && k * Math.log(k / expected) - k + expected >= -Math.log(1 - confidence);
  return leastWhole(unlikely) - 1;
}
