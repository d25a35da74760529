import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, createWriteStream, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { unfinishedBeside } from "../host/directory";
import { doneToday, markDone } from "../host/today";
import { downloadedPath, type Release } from "./officialReleases";

const run = promisify(execFile);

/** A tool that is missing, with its official release. */
export interface Wanted {
  readonly name: string;
  readonly release: Release;
  /** The version that a file says that it is, when it is run. */
  versionOf(file: string): Promise<string | undefined>;
}

export type DownloadEvent =
  /** Of each host, its name and why. */
  | { readonly kind: "out of reach"; readonly hosts: readonly string[] }
  | { readonly kind: "fetching"; readonly tool: string; readonly release: Release }
  | { readonly kind: "fetched"; readonly tool: string; readonly seconds: number }
  | { readonly kind: "refused"; readonly tool: string; readonly why: string };

/** What a download may take. */
export interface Limits {
  /** For a host's first answer. */
  readonly reachSeconds: number;
  /** Without a byte. */
  readonly idleSeconds: number;
  readonly seconds: number;
  readonly bytes: number;
}

const usual: Limits = { reachSeconds: 3, idleSeconds: 10, seconds: 600, bytes: 500e6 };

/**
 * Downloads official releases from the hosts that answer, each checked before it is moved into place. Returns the paths
 * of those that were had, by tool; what became of the others is reported. A host out of reach is left alone for a day.
 */
export async function fetchReleases(
  wanted: readonly Wanted[],
  report: (event: DownloadEvent) => void,
  limits: Limits = usual,
): Promise<ReadonlyMap<string, string>> {
  const outOfReach = await hostsOutOfReach(
    wanted.map(({ release }) => release.url),
    limits,
  );
  if (outOfReach.size > 0)
    report({ kind: "out of reach", hosts: [...outOfReach].map(([host, why]) => `${host} (${why})`) });
  const had = new Map<string, string>();
  const reached = wanted.filter(({ release }) => !outOfReach.has(hostOf(release.url)));
  await Promise.all(
    reached.map(async (each) => {
      const { name: tool, release } = each;
      report({ kind: "fetching", tool, release });
      const started = performance.now();
      try {
        had.set(tool, await fetchRelease(each, limits));
        report({ kind: "fetched", tool, seconds: Math.round((performance.now() - started) / 1000) });
      } catch (error) {
        report({ kind: "refused", tool, why: `${release.url}: ${causeOf(error)}` });
      }
    }),
  );
  return had;
}

const hostOf = (url: string) => new URL(url).host;

/** Asks each host once, all at the same time. Returns why each of the others cannot be reached. */
async function hostsOutOfReach(urls: readonly string[], { reachSeconds }: Limits): Promise<Map<string, string>> {
  const hosts = [...new Map(urls.map((url) => [hostOf(url), url]))];
  const answers = await Promise.all(
    hosts.map(async ([host, url]): Promise<[string, string | undefined]> => {
      const mark = `out-of-reach-${host}`;
      if (doneToday(mark)) return [host, "asked within a day"];
      const why = await whyOutOfReach(url, reachSeconds);
      if (why !== undefined) markDone(mark);
      return [host, why];
    }),
  );
  return new Map(answers.filter((answer): answer is [string, string] => answer[1] !== undefined));
}

async function whyOutOfReach(url: string, seconds: number): Promise<string | undefined> {
  const signal = AbortSignal.timeout(seconds * 1000);
  try {
    const { status } = await fetch(url, { method: "HEAD", redirect: "manual", signal });
    return status < 400 || status === 404 ? undefined : `it answers ${status}`;
  } catch (error) {
    return signal.aborted ? `no answer within ${seconds} s` : causeOf(error);
  }
}

async function fetchRelease({ name, release, versionOf }: Wanted, limits: Limits): Promise<string> {
  const { url, member, sha256, version } = release;
  const output = downloadedPath(name, release);
  const directory = unfinishedBeside(output);
  mkdirSync(directory, { recursive: true });
  try {
    const file = join(directory, "download");
    const seen = await download(url, file, limits);
    if (seen !== sha256) throw new Error(`its sha256 is ${seen}; accepted: ${sha256}`);
    if (member !== undefined) await run("tar", ["-xzf", file, "-C", directory, member]);
    const command = member === undefined ? file : join(directory, member);
    chmodSync(command, 0o755);
    const said = await versionOf(command);
    if (said !== version) throw new Error(`it says that its version is ${said ?? "unknown"}; accepted: ${version}`);
    mkdirSync(dirname(output), { recursive: true });
    renameSync(command, output);
    return output;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Returns the sha256 of what came. Throws where it is not whole, too large or too slow. */
async function download(url: string, file: string, { idleSeconds, seconds, bytes }: Limits): Promise<string> {
  const stop = new AbortController();
  const stopAfter = (time: number, why: string) => setTimeout(() => stop.abort(new Error(why)), time * 1000);
  const whole = stopAfter(seconds, `not whole within ${seconds} s`);
  const idle = stopAfter(idleSeconds, `nothing came for ${idleSeconds} s`);
  const hash = createHash("sha256");
  let seen = 0;
  async function* counted(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      idle.refresh();
      seen += chunk.length;
      if (seen > bytes) throw new Error(`it has more than ${bytes} bytes`);
      hash.update(chunk);
      yield chunk;
    }
  }
  const { signal } = stop;
  try {
    const response = await fetch(url, { signal, headers: { "Accept-Encoding": "identity" } });
    if (!response.ok || !response.body) throw new Error(`the server answers ${response.status}`);
    await pipeline(Readable.fromWeb(response.body), counted, createWriteStream(file), { signal });
    return hash.digest("hex");
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(whole);
    clearTimeout(idle);
  }
}

/** The innermost reason: of a failed request the outer one says nothing. */
function causeOf(error: unknown): string {
  const { cause, message, code } = error as NodeJS.ErrnoException;
  return cause instanceof Error ? causeOf(cause) : message.trim() || code || "no reason was given";
}
