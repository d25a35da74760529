import { passesWithoutData, type Metric } from "../release/metrics/metrics";
import { measuredInWords } from "../release/metrics/unit";
import { cut, printable } from "../release/printable";
import type { ReleaseSettings } from "../release/settings";

/**
 * What Prometheus says against a canary now, a sentence for each metric that fails. Throws where Prometheus cannot be
 * asked: no answer is not success.
 */
export async function failing(
  metrics: readonly Metric[],
  { prometheus, judgement }: Pick<ReleaseSettings, "prometheus" | "judgement">,
): Promise<readonly string[]> {
  // With the first hold over or not, a raise needs data.
  const asked = metrics.filter(({ during }) => during !== "the first hold");
  const answers = await Promise.all(
    asked.map(async (metric) => ({ metric, values: await measure(metric.query, prometheus.address) })),
  );
  return answers.flatMap(({ metric, values }) => {
    const { name, words, unit } = metric;
    if (values.length === 0) return passesWithoutData(judgement) ? [] : [`${name} has no data, must be ${words}`];
    const bad = values.filter((value) => !passes(metric, value));
    return bad.map((value) => `${name} is ${measuredInWords(value, unit)}, must be ${words}`);
  });
}

function passes({ passes: { is, threshold }, warns }: Metric, value: number): boolean {
  const bound = warns ?? threshold;
  return is === "<" ? value < bound : value >= bound;
}

/** The values of a query at this moment, infinite ones too; none for an empty vector, and NaN is none. */
async function measure(query: string, address: string): Promise<readonly number[]> {
  const url = new URL("api/v1/query", address.endsWith("/") ? address : `${address}/`);
  url.searchParams.set("query", query);
  const refused = (what: string) =>
    new Error(`prometheus.address = "${address}": ${what}; accepted: where Prometheus answers queries`);
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000), redirect: "manual" }).catch((error: Error) => {
    throw refused(`it does not answer: ${error.cause instanceof Error ? error.cause.message : error.message}`);
  });
  const text = await answer.text();
  const body = parsed(text);
  if (body?.status === "error")
    throw new Error(`Prometheus at ${address} refuses ${query}: ${printable(cut(String(body.error)))}`);
  const samples = body?.status === "success" ? samplesOf(body.data) : undefined;
  if (samples) return samples.map(numberOf).filter((value) => !Number.isNaN(value));
  if (answer.status >= 300 && answer.status < 400)
    throw refused(`it sends to ${printable(cut(answer.headers.get("location") ?? "elsewhere"))} (${answer.status})`);
  const what = text.trimStart().startsWith("<") ? "with a page for people" : "with something else than Prometheus does";
  throw refused(`it answers ${answer.ok ? what : `${answer.status}`}`);
}

interface Answer {
  readonly status?: unknown;
  readonly error?: unknown;
  readonly data?: unknown;
}

function parsed(text: string): Answer | undefined {
  try {
    const body = JSON.parse(text) as unknown;
    return typeof body === "object" && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}

/** The texts of the samples in an answer's data, a vector or a scalar; undefined where it is neither. */
function samplesOf(data: unknown): readonly string[] | undefined {
  const { resultType, result } = (data ?? {}) as { readonly resultType?: unknown; readonly result?: unknown };
  if (!Array.isArray(result)) return undefined;
  if (resultType === "scalar") return [String(result[1])];
  const samples = result.map((series) => (series as { readonly value?: readonly unknown[] } | null)?.value?.[1]);
  return samples.every((sample) => typeof sample === "string") ? samples : undefined;
}

/** Prometheus writes infinite values in another way than JavaScript reads them. */
const numberOf = (text: string) => Number(text.replace(/^([+-]?)Inf$/, "$1Infinity"));
