import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { constants } from "node:os";

/** The addresses that are local inside a sandbox's network namespace: those of the pods and those of the Services. */
export const podRange = "10.244.0.0/16";
export const serviceRange = "10.96.0.0/16";

export interface NamespaceOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly directory?: string;
  /** Default "inherit"; add "ipc" to exchange messages with a Node program inside. */
  readonly stdio?: StdioOptions;
  /** How long the command has to end after SIGINT or SIGTERM before everything inside is killed. Default 10. */
  readonly stopWithinSeconds?: number;
}

export interface Namespace {
  readonly process: ChildProcess;
  /** The command's exit code, or 128 and the signal's number when a signal ended it. */
  readonly exitCode: Promise<number>;
  /** Asks the command to end, and ends everything inside once its time is over. */
  stop(signal?: NodeJS.Signals): Promise<number>;
}

// The shell is process 1 of a PID namespace: nothing that the command started outlives it, and the command, not being
// process 1 itself, ends on signals as usual. The network namespace has no way out: only a loopback, to which every pod
// and Service address belongs.
const prepare = [
  "ip link set lo up",
  `ip route add local ${podRange} dev lo`,
  `ip route add local ${serviceRange} dev lo`,
  // Signals are for the command; the shell waits for its exit code.
  'trap : INT TERM HUP && { "$@"; exit $?; }',
].join(" && ");

/**
 * Runs a command in user, network and PID namespaces of its own that die with this process, however it dies. While it
 * runs, SIGINT, SIGTERM and SIGHUP are passed on to the command instead of ending this process; the second one ends
 * everything inside at once.
 */
export function enterNamespace(command: readonly string[], options: NamespaceOptions = {}): Namespace {
  const child = spawn(
    "setpriv",
    ["--pdeathsig", "KILL", "unshare", "-rn", "--pid", "--fork", "--kill-child", "sh", "-c", prepare, "sh", ...command],
    {
      cwd: options.directory,
      env: options.environment ?? process.env,
      stdio: options.stdio ?? "inherit",
      // A session of its own: a Ctrl-C reaches this process alone, which passes it on in order.
      detached: true,
    },
  );
  const within = (options.stopWithinSeconds ?? 10) * 1000;
  let asked = false;
  let deadline: NodeJS.Timeout | undefined;

  const exitCode = new Promise<number>((resolve, reject) => {
    child.once("error", (cause) =>
      reject(new Error(`Cannot enter a namespace: ${cause.message}. setpriv and unshare come with util-linux.`)),
    );
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
  const pass = (signal: NodeJS.Signals) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    if (asked) {
      child.kill("SIGKILL");
      return;
    }
    asked = true;
    process.kill(-child.pid, signal);
    deadline = setTimeout(() => child.kill("SIGKILL"), within);
  };
  const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, pass);
  const settle = () => {
    clearTimeout(deadline);
    for (const signal of signals) process.off(signal, pass);
  };
  exitCode.then(settle, settle);

  return {
    process: child,
    exitCode,
    stop: (signal = "SIGTERM") => {
      pass(signal);
      return exitCode;
    },
  };
}

if (require.main === module) {
  const command = process.argv.slice(process.argv[2] === "--" ? 3 : 2);
  if (command.length === 0) {
    console.error("Usage: namespace.ts -- COMMAND [ARGUMENT...]");
    process.exit(2);
  }
  enterNamespace(command).exitCode.then(
    (code) => process.exit(code),
    (error: Error) => {
      console.error(error.message);
      process.exit(1);
    },
  );
}
