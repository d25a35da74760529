import { spawn } from "node:child_process";
import type { Readable } from "node:stream";

export interface Run {
  readonly command: string;
  readonly interpreter: readonly string[];
  readonly dir: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** Seconds after which it is ended; 0 for never. */
  readonly timeout: number;
  readonly cancelled: AbortSignal;
  readonly onLine: (stream: "stdout" | "stderr", line: string) => void;
}

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that ended badly, with what it wrote last. */
export class CommandFailure extends Error {
  constructor(
    readonly ending: string,
    readonly lastLines: readonly string[],
  ) {
    super([`${ending}${lastLines.length > 0 ? "; its last lines:" : ", without a word"}`, ...lastLines].join("\n"));
  }
}

const keptLines = 20;
const graceMilliseconds = 3000;

/** Runs a command to its end, line by line; it and its children are ended when cancelled or out of time. */
export function run({ command, interpreter, dir, environment, stdin, timeout, cancelled, onLine }: Run): Promise<Ran> {
  const [program = "/bin/sh", ...args] = interpreter;
  return new Promise((resolve, reject) => {
    if (cancelled.aborted) throw new CommandFailure("was cancelled before it started", []);
    const child = spawn(program, [...args, command], {
      cwd: dir,
      env: { ...process.env, ...environment },
      detached: true,
    });
    const lines: string[] = [];
    const collect = (stream: "stdout" | "stderr", readable: Readable) =>
      collectLines(readable, (line) => {
        lines.push(line);
        onLine(stream, line);
      });
    const [stdout, stderr] = [collect("stdout", child.stdout), collect("stderr", child.stderr)];
    let ended: string | undefined;
    const end = (why: string) => {
      ended ??= why;
      signalGroup(child.pid, "SIGTERM");
      setTimeout(() => signalGroup(child.pid, "SIGKILL"), graceMilliseconds).unref();
    };
    const onCancel = () => end("was cancelled");
    cancelled.addEventListener("abort", onCancel);
    const clock = timeout > 0 ? setTimeout(() => end(`was ended after ${timeout} s`), timeout * 1000) : undefined;
    const settle = (outcome: () => void) => {
      clearTimeout(clock);
      cancelled.removeEventListener("abort", onCancel);
      outcome();
    };
    child.on("error", (error) =>
      settle(() => reject(new CommandFailure(`could not be started: ${error.message}`, []))),
    );
    child.on("close", (code, signal) => {
      if (code === 0 && ended === undefined) return settle(() => resolve({ stdout: stdout(), stderr: stderr() }));
      const ending = ended ?? (signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`);
      settle(() => reject(new CommandFailure(ending, lines.slice(-keptLines))));
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** Hands over each line as it comes; returns how to get all of them, without the last line's end. */
function collectLines(readable: Readable, onLine: (line: string) => void): () => string {
  const chunks: string[] = [];
  let rest = "";
  readable.setEncoding("utf8");
  readable.on("data", (chunk: string) => {
    chunks.push(chunk);
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  });
  readable.on("end", () => {
    if (rest !== "") onLine(rest);
  });
  return () => chunks.join("").replace(/\n$/, "");
}
