// npm run fuzz -- --minutes 5 --seed 7: configurations of releases, held against everybody who reads what they become,
// and files for the gate.
import { Command, InvalidArgumentError } from "commander";
import { startApiServer } from "../sandbox/cluster/apiServer";
import { isOpen } from "./cases";
import { configurations } from "./configurations";
import { faultsOfFile, files } from "./files";
import { judging } from "./judged";
import { run, type Run, type RunOptions } from "./run";
import { runInWords } from "./runInWords";

/** The share of the time that is for files. */
const forFiles = 0.2;

function number(most: number): (text: string) => number {
  return (text) => {
    const given = Number(text);
    if (!(given > 0 && given <= most)) throw new InvalidArgumentError(`accepted: a number above 0, up to ${most}`);
    return given;
  };
}

async function told<Input>(what: string, options: RunOptions<Input>): Promise<Run<Input>> {
  const from = Date.now();
  const result = await run(options);
  console.log(runInWords(result, what, (Date.now() - from) / 1000));
  return result;
}

async function main(): Promise<void> {
  const { minutes, seed } = new Command("npm run fuzz --")
    .description(
      "Makes configurations of releases, and files for the gate, and looks for one that is not dealt with well.",
    )
    .option("--minutes <number>", "how long to go on", number(10_000), 1)
    .option("--seed <number>", "where to begin; the same seed makes the same inputs", number(1e9), 1)
    .parse()
    .opts<{ readonly minutes: number; readonly seed: number }>();
  const api = await startApiServer();
  const seconds = minutes * 60;
  try {
    await api.defineKinds();
    const ofConfigurations = await told("configurations", {
      inputs: configurations,
      judge: judging(api),
      seed,
      seconds: seconds * (1 - forFiles),
      isKnown: isOpen,
    });
    const ofFiles = await told("files", { inputs: files, judge: faultsOfFile, seed, seconds: seconds * forFiles });
    process.exitCode = ofConfigurations.found.length + ofFiles.found.length > 0 ? 1 : 0;
  } finally {
    await api.stop();
  }
}

void main();
