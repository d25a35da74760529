/**
 * The least whole number, counted from 1, from which on something holds; Infinity where none up to about `most` does.
 */
export function leastWhole(holds: (value: number) => boolean, most = Infinity): number {
  let [low, high] = [0, 1];
  while (!holds(high)) {
    if (high >= most) return Infinity;
    [low, high] = [high, 2 * high];
  }
  for (let middle = between(low, high); low < middle && middle < high; middle = between(low, high)) {
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Above 2^53 no whole number may lie between two. */
const between = (low: number, high: number) => Math.floor(low + (high - low) / 2);

/**
 * The least number between two from which on something holds, too high by at most their distance / 2^halvings. That it
 * does not hold at `low` and does at `high` is taken for granted.
 */
export function leastBetween(low: number, high: number, halvings: number, holds: (value: number) => boolean): number {
  for (let halving = 0; halving < halvings; halving++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
