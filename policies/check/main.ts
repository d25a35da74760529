// npm run check -- FILES: the gate's rules on YAML, or on an exported Pulumi state, without Pulumi.
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { printable } from "../../release/printable";
import { exitCodes, formatNames, type Answer, type Asked, type CheckOptions } from "./asked";
import { standardInput } from "./texts";
import { mostBytes, tooLarge } from "./bounds";
import { Progress } from "./progress";
import { Unusable } from "./unusable";

interface Options extends CheckOptions {
  readonly timeLimit: number;
}

const command = new Command("check")
  .description("Judges Kubernetes objects by the rules of the gate for canary releases.")
  .argument("[files...]", "YAML or JSON files, folders of them, or - for standard input")
  .option("--state <file>", "a state as pulumi stack export prints it, or - for standard input")
  .addOption(new Option("--format <format>", "how the findings are written").choices(formatNames).default("text"))
  .option(
    "--config <file>",
    "limits, levels and exceptions by rule: the file that pulumi preview --policy-pack-config takes, or the same in YAML",
  )
  .addOption(
    new Option("--severity <severity>", "the least severity of a violation that fails the check")
      .choices(["error", "warning"])
      .default("error"),
  )
  .option("--strict", "also fail on what could not be judged", false)
  .option("--allow-empty", "let a check pass that finds no object to judge", false)
  .option("--time-limit <seconds>", "the longest time that the check may take, from 1 to 3600", secondsIn, 60)
  .addHelpText(
    "after",
    "\nExit codes: 0 all is fine, 1 violations, 2 something that cannot be read or written, nothing to judge, or no time left.",
  )
  .exitOverride();

function secondsIn(text: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= 3600) return seconds;
  throw new InvalidArgumentError("Accepted: whole seconds from 1 to 3600.");
}

/** Judges what the command line names, and ends the process with the exit code that the help tells. */
export function main(): void {
  // Whoever reads what is said may stop early, as head does.
  process.stderr.on("error", () => undefined);
  judged().then(finish, (error: unknown) => {
    if (error instanceof CommanderError)
      return process.exit(error.exitCode === 0 ? exitCodes.fine : exitCodes.unusable);
    throw error;
  });
}

async function judged(): Promise<Answer> {
  command.parse();
  const { timeLimit, ...options } = command.opts<Options>();
  const files = command.args;
  if (files.length === 0 && options.state === undefined)
    return refused(options, "nothing to check; accepted: files, folders, - for standard input, or --state FILE");
  const progress = new Progress();
  const inTime = new AbortController();
  const judging = judgedInTime({ ...options, files, progress: progress.shared }, inTime.signal);
  const outOfTime = new Promise<Answer>((resolve) => {
    setTimeout(() => {
      inTime.abort();
      const reason = `the check took longer than ${timeLimit} s, and was ended ${progress.text}; accepted: less to check at once, or a longer --time-limit`;
      resolve(refused(options, reason));
    }, timeLimit * 1000);
  });
  return Promise.race([judging, outOfTime]);
}

/** Judges in a thread of its own, which can be ended whatever it does. */
async function judgedInTime(asked: Asked, signal: AbortSignal): Promise<Answer> {
  const progress = new Progress(asked.progress);
  try {
    progress.say("while it read standard input");
    const input = [...asked.files, asked.state, asked.config].includes(standardInput) ? await read(process.stdin) : {};
    const worker = new Worker(join(__dirname, "thread.js"), { workerData: { ...asked, ...input } });
    signal.addEventListener("abort", () => void worker.terminate());
    const ended = once(worker, "exit").then(() => []);
    const [answer] = (await Promise.race([once(worker, "message"), ended])) as [Answer?];
    return answer ?? (await refused(asked, notWhole));
  } catch (error) {
    if (error instanceof Unusable) return refused(asked, ...error.problems);
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_WORKER_OUT_OF_MEMORY")
      return refused(asked, `the memory was not enough ${progress.text}; accepted: less to check at once`);
    return refused(asked, isOfCode(error) ? notWhole : `the check failed, which is a fault of its own: ${message}`);
  }
}

/** A thread that could not be loaded. */
const isOfCode = (error: unknown) =>
  error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND";
const notWhole = `the compiled check in ${__dirname} is not whole; accepted: compile it anew (npm run pack)`;

/** All of standard input. Throws `Unusable` where it cannot be read, or is larger than any file may be. */
async function read(stream: NodeJS.ReadableStream): Promise<Pick<Asked, "input">> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > mostBytes) throw new Unusable([tooLarge("standard input")]);
    }
  } catch (error) {
    if (error instanceof Unusable) throw error;
    throw new Unusable([`standard input: cannot be read: ${(error as Error).message}`]);
  }
  return { input: Buffer.concat(chunks) };
}

/** What is answered where nothing was judged: a report in the format that was asked for, which says so. */
async function refused({ format }: CheckOptions, ...problems: readonly string[]): Promise<Answer> {
  const { formats } = await import("./formats.js");
  const { nothing } = await import("./check.js");
  return { output: formats[format]({ ...nothing, problems }, []), problems, code: exitCodes.unusable };
}

/** Writes the report; once that is done there is nothing to wait for, such as the collection of garbage. */
function finish({ output, problems, code }: Answer): void {
  const end = (code: number, said: readonly string[]) =>
    process.stderr.write(said.map((each) => `${printable(each)}\n`).join(""), () => process.exit(code));
  process.stdout.on("error", ({ code: why, message }: NodeJS.ErrnoException) => {
    // Whoever reads the report may stop early, which changes no verdict.
    if (why === "EPIPE") end(code, problems);
    else end(exitCodes.unusable, [...problems, `standard output: the report cannot be written: ${message}`]);
  });
  process.stdout.write(output, (error) => {
    if (!error) end(code, problems);
  });
}
