import { passesWithoutData, type Metric } from "../release/metrics/metrics";
import type { ReleaseSettings } from "../release/settings";

/**
 * What Prometheus says against a canary now, a sentence for each metric that fails. Throws where Prometheus cannot be
 * asked: no answer is not success.
 */
export async function failing(
  metrics: readonly Metric[],
  { prometheus, judgement }: Pick<ReleaseSettings, "prometheus" | "judgement">,
): Promise<readonly string[]> {
  const values = await Promise.all(
    metrics.map(async (metric) => ({ metric, value: await measure(metric.query, prometheus.address) })),
  );
  return values.flatMap(({ metric, value }) => {
    // With the first hold over or not, a raise needs data.
    if (metric.during === "the first hold") return [];
    if (value === undefined)
      return passesWithoutData(judgement) ? [] : [`${metric.name} has no data, must be ${metric.words}`];
    const { is, threshold } = metric.passes;
    const bound = metric.warns ?? threshold;
    const passes = is === "<" ? value < bound : value >= bound;
    return passes ? [] : [`${metric.name} is ${Number(value.toPrecision(3))}, must be ${metric.words}`];
  });
}

/** The value of a query at this moment; nothing for an empty vector and for NaN. */
async function measure(query: string, address: string): Promise<number | undefined> {
  const url = new URL("api/v1/query", address.endsWith("/") ? address : `${address}/`);
  url.searchParams.set("query", query);
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch((error: Error) => {
    throw new Error(
      `Prometheus does not answer at ${address}: ${error.cause instanceof Error ? error.cause.message : error.message}`,
    );
  });
  const body = (await answer.json()) as {
    status: string;
    error?: string;
    data?: { result: { value: [number, string] }[] };
  };
  if (body.status !== "success") throw new Error(`Prometheus at ${address} refuses ${query}: ${body.error}`);
  const value = Number(body.data?.result[0]?.value[1] ?? NaN);
  return Number.isNaN(value) ? undefined : value;
}
