import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A process of the cluster. */
export interface Part {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** Asked every 50 ms until it answers true. */
  readonly ready: () => Promise<boolean>;
}

export interface RunningPart {
  readonly name: string;
  readonly log: string;
  readonly readyAfterMs: number;
  /** SIGTERM, and SIGKILL after a second: nothing that a part holds is needed any more. */
  stop(): Promise<void>;
}

const readyWithinMs = 60_000;
const stopWithinMs = 1000;

/**
 * Starts one part and waits until it is ready, for at most a minute. Throws with the tail of its log when it ends
 * before or is not ready in time; when it ends later without being asked to, `died` gets the same error. Aborting ends
 * it while it still starts.
 */
export async function startPart(
  part: Part,
  logs: string,
  died: (error: Error) => void,
  signal?: AbortSignal,
): Promise<RunningPart> {
  signal?.throwIfAborted();
  const from = Date.now();
  const log = join(logs, `${part.name.replaceAll(" ", "-")}.log`);
  const output = openSync(log, "a");
  const child = spawn(part.command, part.args, {
    cwd: part.directory,
    env: { ...withoutOtherClusters(process.env), ...part.environment },
    stdio: ["ignore", output, output],
    // A process group of its own, so that a Ctrl-C does not end the parts in no order.
    detached: true,
  });
  closeSync(output);
  let ended: string | undefined;
  let stopping = false;
  const gone = new Promise<void>((resolve) => {
    const end = (how: string) => {
      ended ??= how;
      resolve();
    };
    child.once("error", (cause) => end(`could not be started: ${cause.message}`));
    child.once("exit", (code, by) => end(`ended with ${by ?? `code ${code}`}`));
  });

  while (ended === undefined && !(await part.ready())) {
    const late = Date.now() - from > readyWithinMs;
    if (late || signal?.aborted) {
      await stopChild(child, gone);
      ended = late ? `was not ready within ${readyWithinMs / 1000} s` : "was stopped before it was ready";
    } else {
      await Promise.race([sleep(50), gone]);
    }
  }
  if (ended !== undefined) throw partError(part.name, ended, log);
  void gone.then(() => {
    if (!stopping) died(partError(part.name, ended ?? "ended", log));
  });
  return {
    name: part.name,
    log,
    readyAfterMs: Date.now() - from,
    stop: () => {
      stopping = true;
      return stopChild(child, gone);
    },
  };
}

/** Some parts take a KUBECONFIG of the user's shell before what their flags say. */
function withoutOtherClusters(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("KUBE")));
}

async function stopChild(child: ChildProcess, gone: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
  await gone;
  clearTimeout(kill);
}

function partError(name: string, what: string, log: string): Error {
  if (!existsSync(log)) return new Error(`The cluster's ${name} ${what}. Its log ${log} is gone.`);
  const tail = readFileSync(log, "utf8").trimEnd().split("\n").slice(-15).join("\n");
  return new Error(`The cluster's ${name} ${what}. The end of its log:\n${tail}\nThe whole log is ${log}.`);
}
