const secondsIn: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** Reads durations of a language: amounts, written as a pattern says, each with one of its units. */
export function durationReader(
  seconds: Readonly<Record<string, number>>,
  amount = "\\d+(?:\\.\\d+)?",
): (text: string) => number | undefined {
  const part = `(${amount})(${Object.keys(seconds).join("|")})`;
  const [whole, parts] = [new RegExp(`^(?:${part})+$`), new RegExp(part, "g")];
  return (text) =>
    whole.test(text)
      ? [...text.matchAll(parts)].reduce((sum, [, count, unit]) => sum + Number(count) * (seconds[unit ?? ""] ?? 0), 0)
      : undefined;
}

/** Reads a duration as Kubernetes writes it ("500ms", "30s", "1h30m") into seconds; undefined if it is none. */
export const parseDuration = durationReader(secondsIn);

/** Writes seconds as a duration that Kubernetes, Argo Rollouts and PromQL read: "1h30m", "45s", "500ms". */
export function formatDuration(seconds: number): string {
  if (!Number.isInteger(seconds)) return `${Math.round(seconds * 1000)}ms`;
  const parts = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor((seconds % 3600) / 60), "m"],
    [seconds % 60, "s"],
  ] as const;
  return (
    parts
      .filter(([amount]) => amount > 0)
      .map(([amount, unit]) => `${amount}${unit}`)
      .join("") || "0s"
  );
}

/**
 * Reads a percentage ("5%", "0.5 %") into a share of 1; undefined if it is none. The sign is required: 0.95 could mean
 * either.
 */
export function parsePercent(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?%$/.exec(text);
  return match ? Number((Number(match[1]) / 100).toPrecision(12)) : undefined;
}

/** Writes a share of 1 in percent: 0.05 is "5 %". */
export function formatPercent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}

/** Reads a rate of requests ("10/s", "30/m", "5/h") into requests per second; undefined if it is none. */
export function parseRate(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\/([smh])$/.exec(text);
  return match ? Number(match[1]) / (secondsIn[match[2] ?? ""] ?? 1) : undefined;
}

/** A number of three digits: "0.00417", "12.3". */
export function formatNumber(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}

/** A rate as `parseRate` reads it, of two digits and not above the given one: "12/s", "1.5/m", "0.21/h". */
export function formatRateBelow(rate: number): string {
  const unit = rate >= 1 ? "s" : rate >= 1 / 60 ? "m" : "h";
  const value = rate * (secondsIn[unit] ?? 1);
  const digits = 10 ** (Math.floor(Math.log10(value)) - 1);
  return `${Number((Math.floor(value / digits + 1e-9) * digits).toPrecision(2))}/${unit}`;
}

const scales: readonly (readonly [string, number])[][] = [
  [
    ["Ti", 2 ** 40],
    ["Gi", 2 ** 30],
    ["Mi", 2 ** 20],
    ["Ki", 2 ** 10],
  ],
  [
    ["T", 1e12],
    ["G", 1e9],
    ["M", 1e6],
    ["k", 1e3],
    ["", 1],
    ["m", 1e-3],
  ],
];

/** How much an amount of a resource is; NaN if it is none. */
export function amountOf(text: string): number {
  const [, amount, suffix = ""] = /^(\d{1,18}(?:\.\d{1,9})?)(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/.exec(text) ?? [];
  const unit = scales.flat().find(([name]) => name === suffix)?.[1] ?? NaN;
  return Number(amount ?? NaN) * unit;
}

/**
 * Reads an amount of a resource ("0.5", "1024Mi") and writes it as Kubernetes does ("500m", "1Gi"), so that what a
 * controller writes back is what was declared; undefined if it is none.
 */
export function canonicalQuantity(text: string): string | undefined {
  const scale = scales[text.endsWith("i") ? 0 : 1] ?? [];
  for (const [name, size] of scale) {
    const count = amountOf(text) / size;
    if (count >= 1 && Math.abs(count - Math.round(count)) < 1e-9) return `${Math.round(count)}${name}`;
  }
  return undefined;
}
