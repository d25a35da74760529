// A bounded load of real requests, sent on schedule whether or not earlier ones were answered (open loop), by a
// process of its own. It goes to loopback and to the sandbox's own addresses only.
import { fork } from "node:child_process";
import { Agent, request } from "node:http";
import { BlockList, isIPv4 } from "node:net";
import { podRange, serviceRange } from "../host/namespace";
import { typeScriptCommand } from "../host/typescript";

export interface LoadOptions {
  /** Such as http://127.0.0.1/; another address than loopback or the sandbox's is refused. */
  readonly url: string;
  /** The Host header, which tells the router whose Ingress is meant. */
  readonly host: string;
  readonly requestsPerSecond: number;
  /** After this time no more is sent, even when nobody says stop. */
  readonly maxSeconds: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Without an answer in this time a request counts as timed out. Default 10. */
  readonly timeoutSeconds?: number;
  /** While this many are unanswered, what is due is not sent and counts as skipped. Default 1000. */
  readonly maxInFlight?: number;
}

/** Answers of one version with one status. The version is the x-version header; "" when the router itself answered. */
export interface Count {
  readonly version: string;
  readonly status: number;
  readonly count: number;
}

/** When a version answered, in milliseconds since 1970. A failure is a status of 500 or more. */
export interface Times {
  readonly version: string;
  readonly firstAnswerAt: number;
  readonly lastAnswerAt: number;
  readonly firstFailureAt?: number;
}

interface Seen {
  readonly counts: readonly Count[];
  readonly times: readonly Times[];
  readonly sent: number;
  readonly inFlight: number;
  /** Connections that broke or were refused. */
  readonly errors: number;
  readonly timeouts: number;
  readonly skipped: number;
  readonly firstErrorAt?: number | undefined;
  readonly startedAt: number;
}

/** What the users saw so far. */
export interface LoadCounts extends Seen {
  /** Seconds from a version's first failure to the last request that it answered; nothing when it never failed. */
  exposure(version: string): number | undefined;
}

export interface Load {
  counts(): Promise<LoadCounts>;
  /** Sends no more, waits for the answers that are due, and ends the process. */
  stop(): Promise<LoadCounts>;
}

/** Throws unless the URL leads to loopback or into the sandbox. */
export function checkTarget(url: string): void {
  const { hostname, protocol } = new URL(url);
  const allowed = new BlockList();
  for (const range of ["127.0.0.0/8", podRange, serviceRange]) {
    const [network = "", prefix] = range.split("/");
    allowed.addSubnet(network, Number(prefix));
  }
  const local = hostname === "localhost" || hostname === "[::1]" || (isIPv4(hostname) && allowed.check(hostname));
  if (!local || protocol !== "http:") {
    throw new Error(`A load may not be sent to ${url}: only to http:// on loopback, ${podRange} or ${serviceRange}.`);
  }
}

/** Starts the load and resolves once it is being sent. */
export async function startLoad(options: LoadOptions): Promise<Load> {
  checkTarget(options.url);
  for (const name of ["requestsPerSecond", "maxSeconds"] as const) {
    if (!(options[name] > 0 && options[name] < 1e6))
      throw new Error(`${name} is ${options[name]}; it must be a number above 0.`);
  }
  const { args, directory } = typeScriptCommand("dataPlane/load.ts", [JSON.stringify(options)]);
  const [, register = "", file = "", ...rest] = args;
  const child = fork(file, rest, {
    cwd: directory,
    execArgv: ["-r", register],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const waiting: { resolve(counts: LoadCounts): void; reject(error: Error): void }[] = [];
  let gone: Error | undefined;
  child.on("message", (seen: Seen) => waiting.shift()?.resolve(withExposure(seen)));
  const end = (why: string) => {
    gone = new Error(`The load's process ${why}.`);
    for (const { reject } of waiting.splice(0)) reject(gone);
  };
  child.once("error", (error) => end(`failed: ${error.message}`));
  // Not "exit", which may come before its last message.
  child.once("close", (code, signal) => end(`ended with ${signal ?? `code ${code}`}`));
  const next = () =>
    new Promise<LoadCounts>((resolve, reject) => {
      if (gone === undefined) waiting.push({ resolve, reject });
      else reject(gone);
    });
  const ask = (what: "counts" | "stop") => {
    if (gone === undefined) child.send(what);
    return next();
  };
  // The process speaks first, when it begins to send.
  await next();
  let stopping: Promise<LoadCounts> | undefined;
  return {
    counts: () => stopping ?? ask("counts"),
    stop: () => (stopping ??= ask("stop")),
  };
}

function withExposure(seen: Seen): LoadCounts {
  return {
    ...seen,
    exposure: (version) => {
      const times = seen.times.find((one) => one.version === version);
      return times?.firstFailureAt === undefined ? undefined : (times.lastAnswerAt - times.firstFailureAt) / 1000;
    },
  };
}

/** Sends the load from this process; the answer's functions count and stop. */
export function sendLoad(options: LoadOptions): Load {
  const { url, host, requestsPerSecond, maxSeconds, timeoutSeconds = 10, maxInFlight = 1000 } = options;
  checkTarget(url);
  const agent = new Agent({ keepAlive: true, maxSockets: maxInFlight });
  const headers = { ...options.headers, host };
  const answers = new Map<string, Count>();
  const times = new Map<string, Times>();
  const totals = {
    sent: 0,
    inFlight: 0,
    errors: 0,
    timeouts: 0,
    skipped: 0,
    firstErrorAt: undefined as number | undefined,
  };
  const startedAt = Date.now();
  const from = process.hrtime.bigint();

  const answered = (version: string, status: number) => {
    const now = Date.now();
    const one = answers.get(`${version} ${status}`) ?? { version, status, count: 0 };
    answers.set(`${version} ${status}`, { ...one, count: one.count + 1 });
    const seen: Times = { ...(times.get(version) ?? { version, firstAnswerAt: now }), lastAnswerAt: now };
    times.set(version, status >= 500 ? { ...seen, firstFailureAt: seen.firstFailureAt ?? now } : seen);
  };
  const send = () => {
    totals.sent += 1;
    totals.inFlight += 1;
    let timedOut = false;
    const asked = request(url, { agent, headers }, (response) => {
      response.resume();
      response.once("end", () => answered(String(response.headers["x-version"] ?? ""), response.statusCode ?? 0));
    });
    const timer = setTimeout(() => {
      timedOut = true;
      asked.destroy();
    }, timeoutSeconds * 1000);
    asked.once("error", () => {
      if (timedOut) totals.timeouts += 1;
      else totals.errors += 1;
      totals.firstErrorAt ??= Date.now();
    });
    asked.once("close", () => {
      clearTimeout(timer);
      totals.inFlight -= 1;
    });
    asked.end();
  };

  let due = 0;
  const tick = setInterval(() => {
    const seconds = Number(process.hrtime.bigint() - from) / 1e9;
    if (seconds >= maxSeconds) clearInterval(tick);
    for (const until = Math.floor(Math.min(seconds, maxSeconds) * requestsPerSecond); due < until; due++) {
      if (totals.inFlight < maxInFlight) send();
      else totals.skipped += 1;
    }
  }, 5);

  const counts = async () =>
    withExposure({ counts: [...answers.values()], times: [...times.values()], ...totals, startedAt });
  return {
    counts,
    stop: async () => {
      clearInterval(tick);
      while (totals.inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      agent.destroy();
      return counts();
    },
  };
}

if (require.main === module && process.send !== undefined) {
  const load = sendLoad(JSON.parse(process.argv[2] ?? "{}") as LoadOptions);
  const tell = (seen: Seen) => process.send?.({ ...seen, exposure: undefined });
  const leave = () => process.exit(0);
  // It does not outlive whoever started it.
  process.on("disconnect", leave);
  process.on("message", (what) => {
    if (what === "stop") void load.stop().then((seen) => process.send?.({ ...seen, exposure: undefined }, leave));
    else void load.counts().then(tell);
  });
  void load.counts().then(tell);
}
