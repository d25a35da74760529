// The demonstration application. It needs nothing but Node (22.18 or later runs it as it is: `node application.ts`),
// and how it behaves is written in its version: v1, v2-errors-20, v3-slow-1500, v4-converts-2, v5-unready,
// v6-errors-20-after-60, v7-overloaded-20.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { basename } from "node:path";

export interface Behaviour {
  /** Percent of the requests that are answered with HTTP 500, exactly and evenly spread. Default 0. */
  readonly errorPercent: number;
  /** Seconds from a pod's first request on until its errors begin. Default 0. */
  readonly errorsAfterSeconds: number;
  /** How many requests a pod can answer in any second; it answers the others with HTTP 500 too. Default Infinity. */
  readonly mostPerSecond: number;
  /** Milliseconds added to each answer. Default 0. */
  readonly slowMs: number;
  /** Percent of the visitors that convert. Default 12. */
  readonly convertPercent: number;
  /** Whether its readiness check fails. */
  readonly unready: boolean;
}

const accepted =
  "a number such as v1 or 1.4.2, then any of -errors-PERCENT (with -after-SECONDS from a pod's first request on), -overloaded-RATE (beyond which a pod's requests fail), -slow-MILLISECONDS, -converts-PERCENT and -unready, as in v2-errors-20-slow-300";

/** The behaviour that a version asks for; an error that says what is accepted when it is malformed. */
export function behaviourOf(version: string): Behaviour {
  const refuse = (why: string) => new Error(`Version "${version}" ${why}. Accepted is ${accepted}.`);
  const [, rest] = /^v?\d+(?:\.\d+)*((?:-[a-z0-9.]+)*)$/.exec(version) ?? [];
  if (rest === undefined) throw refuse("does not start with a number, or holds something other than words and numbers");
  const words = rest.split("-").slice(1);
  const seen = new Set<string>();
  const found = {
    errorPercent: 0,
    errorsAfterSeconds: 0,
    mostPerSecond: Infinity,
    slowMs: 0,
    convertPercent: 12,
    unready: false,
  };
  while (words.length > 0) {
    const word = words.shift() ?? "";
    if (seen.has(word)) throw refuse(`says "${word}" twice`);
    seen.add(word);
    const number = (most: number) => {
      const text = words.shift();
      const value = text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
      if (!(value <= most)) throw refuse(`has "${word}" without a number from 0 to ${most} after it`);
      return value;
    };
    if (word === "errors") found.errorPercent = number(100);
    else if (word === "after") found.errorsAfterSeconds = number(86_400);
    else if (word === "overloaded") found.mostPerSecond = number(1000);
    else if (word === "slow") found.slowMs = number(60_000);
    else if (word === "converts") found.convertPercent = number(100);
    else if (word === "unready") found.unready = true;
    else throw refuse(`has "${word}", which is none of errors, after, overloaded, slow, converts, unready`);
  }
  if (seen.has("after") && !seen.has("errors"))
    throw refuse('says "after" without "errors", which are what begins then');
  return found;
}

/** The version that an image's tag names, unless DEMO_VERSION names another. */
export function versionOf(image: string, demoVersion?: string): string {
  if (demoVersion) return demoVersion;
  const name = basename(image.split("@")[0] ?? "");
  const colon = name.indexOf(":");
  return colon < 0 ? "latest" : name.slice(colon + 1);
}

/** Answers true for an exact, evenly spread share of its calls: with 20 percent, every fifth. */
function every(percent: number): () => boolean {
  let owed = 0;
  return () => {
    owed += percent;
    if (owed < 100 - 1e-9) return false;
    owed -= 100;
    return true;
  };
}

/**
 * Whether a request that comes now, in milliseconds, is one too many: so many were taken in the last second already.
 */
function beyond(mostPerSecond: number): (now: number) => boolean {
  const taken: number[] = [];
  return (now) => {
    while (taken[0] !== undefined && taken[0] <= now - 1000) taken.shift();
    if (taken.length >= mostPerSecond) return true;
    if (mostPerSecond < Infinity) taken.push(now);
    return false;
  };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?")[0] ?? "/";
}

const buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

interface Series {
  readonly labels: string;
  readonly counts: number[];
  sum: number;
  count: number;
}

/** One running copy of the application, with counters of its own. */
export interface Application {
  readonly version: string;
  readonly ready: boolean;
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Its metrics in the Prometheus text format, with OpenTelemetry's names. */
  metrics(): string;
  /** Requests answered so far, those for /healthz and /metrics left out. */
  answered(): number;
}

export function createApplication(options: { readonly version: string; readonly pod: string }): Application {
  const { version, pod } = options;
  const behaviour = behaviourOf(version);
  const fails = every(behaviour.errorPercent);
  const isTooMany = beyond(behaviour.mostPerSecond);
  const converts = every(behaviour.convertPercent);
  const series = new Map<string, Series>();
  let firstAt: number | undefined;
  let visitors = 0;
  let conversions = 0;

  const record = (request: IncomingMessage, status: number, seconds: number) => {
    const route = pathOf(request) === "/" ? "/" : "/{path}";
    const labels = `http_request_method="${request.method}",http_response_status_code="${status}",http_route="${route}"`;
    const one = series.get(labels) ?? { labels, counts: buckets.map(() => 0), sum: 0, count: 0 };
    series.set(labels, one);
    buckets.forEach((bound, index) => {
      if (seconds <= bound) one.counts[index] = (one.counts[index] ?? 0) + 1;
    });
    one.sum += seconds;
    one.count += 1;
  };

  const metrics = () => {
    const name = "http_server_request_duration_seconds";
    const lines = [`# HELP ${name} Duration of HTTP server requests.`, `# TYPE ${name} histogram`];
    for (const { labels, counts, sum, count } of series.values()) {
      buckets.forEach((bound, index) => lines.push(`${name}_bucket{${labels},le="${bound}"} ${counts[index]}`));
      lines.push(
        `${name}_bucket{${labels},le="+Inf"} ${count}`,
        `${name}_sum{${labels}} ${sum}`,
        `${name}_count{${labels}} ${count}`,
      );
    }
    lines.push(
      "# HELP visitors_total Visitors who were answered without an error.",
      "# TYPE visitors_total counter",
      `visitors_total ${visitors}`,
    );
    lines.push(
      "# HELP conversions_total Visitors who converted.",
      "# TYPE conversions_total counter",
      `conversions_total ${conversions}`,
    );
    return `${lines.join("\n")}\n`;
  };

  const visit = (request: IncomingMessage, response: ServerResponse) => {
    const from = process.hrtime.bigint();
    const now = performance.now();
    firstAt ??= now;
    const failed = isTooMany(now) || (now - firstAt >= behaviour.errorsAfterSeconds * 1000 && fails());
    const status = failed ? 500 : 200;
    response.once("close", () => record(request, status, Number(process.hrtime.bigint() - from) / 1e9));
    if (!failed) {
      visitors += 1;
      if (converts()) conversions += 1;
    }
    const answer = () => {
      response.writeHead(status, { "content-type": "application/json", "x-version": version });
      response.end(JSON.stringify({ version, pod, ...(failed && { error: "this version fails on purpose" }) }));
    };
    if (behaviour.slowMs > 0) setTimeout(answer, behaviour.slowMs);
    else answer();
  };

  return {
    version,
    ready: !behaviour.unready,
    handle(request, response) {
      request.resume();
      const path = pathOf(request);
      if (path === "/metrics") {
        response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(metrics());
      } else if (path === "/healthz") {
        response
          .writeHead(behaviour.unready ? 503 : 200, { "x-version": version })
          .end(behaviour.unready ? "not ready\n" : "ok\n");
      } else {
        visit(request, response);
      }
    },
    metrics,
    answered: () => [...series.values()].reduce((sum, one) => sum + one.count, 0),
  };
}

/** Serves one copy of the application until SIGTERM; requests in flight are still answered. */
function serve(): void {
  const application = createApplication({
    version: process.env.DEMO_VERSION ?? "v1",
    pod: process.env.HOSTNAME ?? "local",
  });
  const server = createServer(application.handle);
  server.listen(Number(process.env.PORT ?? 8080), () =>
    console.log(`${application.version} listens on ${JSON.stringify(server.address())}`),
  );
  process.on("SIGTERM", () => server.close());
}

if (basename(process.argv[1] ?? "") === "application.ts") {
  try {
    serve();
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}
