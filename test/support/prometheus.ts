import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answerWithoutSeries } from "../../policies/languages/answerWithoutSeries";
import { NotParsed } from "../../policies/languages/notParsed";

/** What a query answers: a number, NaN included, or an empty vector. */
export type QueryAnswer = number | "nothing";

/** A small Prometheus that knows a few queries, and what PromQL of constants makes of them. */
export interface FakePrometheus {
  readonly url: string;
  /** What each known query answers from now on; every other is refused, as is everything while nothing is known. */
  knows(answers: ReadonlyMap<string, QueryAnswer> | "nothing at all"): void;
  stop(): Promise<void>;
}

export async function startPrometheus(): Promise<FakePrometheus> {
  let known: Parameters<FakePrometheus["knows"]>[0] = "nothing at all";
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://prometheus");
    const query = url.searchParams.get("query") ?? "";
    if (known === "nothing at all" || url.pathname !== "/api/v1/query") return response.writeHead(500).end();
    const value = evaluate(query, known);
    if (value === undefined)
      return response.writeHead(400).end(JSON.stringify({ status: "error", error: `not known: ${query}` }));
    const result = value === "nothing" ? [] : [{ metric: {}, value: [1763712000.123, String(value)] }];
    return response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    knows: (answers) => (known = answers),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The answer to a query; undefined where a part of it is not known. */
export function evaluate(query: string, known: ReadonlyMap<string, QueryAnswer>): QueryAnswer | undefined {
  // A query may be a part of another.
  const longestFirst = [...known].sort(([a], [b]) => b.length - a.length);
  const constants = longestFirst.reduce(
    (text, [part, value]) => text.replaceAll(part, value === "nothing" ? "no_series" : `vector(${value})`),
    query,
  );
  try {
    return /[a-z_]+\{/.test(constants) ? undefined : answerWithoutSeries(constants);
  } catch (error) {
    if (error instanceof NotParsed) return undefined;
    throw error;
  }
}
