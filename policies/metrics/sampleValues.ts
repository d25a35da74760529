/** Measured values of every size. */
export const samples = [
  0, 1e-9, 0.001, 0.01, 0.05, 0.1, 0.5, 0.9, 0.95, 0.99, 1, 2, 5, 10, 50, 95, 99, 100, 1000, 1e6, 1e12,
];

/** Values of every size, and those at and around the numbers that they are compared with, within bounds. */
export function valuesAround(numbers: readonly number[], least: number, most = Infinity): readonly number[] {
  const around = numbers.flatMap((number) => [number, number + 1e-6, number - 1e-6, number * 1.001, number * 0.999]);
  const all = [...samples, ...around].flatMap((number) => [number, -number]);
  return all.filter((number) => number >= least && number <= most);
}
