// npm run fuzz -- --minutes 5 --seed 7: configurations of releases, held against everybody who reads what they become.
import { Command, InvalidArgumentError } from "commander";
import { startApiServer } from "../sandbox/cluster/apiServer";
import { isOpen } from "./cases";
import { askingServer } from "./judged";
import { run } from "./run";
import { shown } from "./shown";

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError("accepted: a number above 0");
  return number;
}

async function main(): Promise<void> {
  const { minutes, seed } = new Command("npm run fuzz --")
    .description("Makes configurations of releases, and looks for one that is neither refused well nor taken by all.")
    .option("--minutes <number>", "how long to go on", positive, 1)
    .option("--seed <number>", "where to begin; the same seed makes the same configurations", positive, 1)
    .parse()
    .opts<{ readonly minutes: number; readonly seed: number }>();
  const api = await startApiServer();
  try {
    await api.defineKinds();
    const from = Date.now();
    const result = await run({ seed, seconds: minutes * 60, isKnown: isOpen, ask: askingServer(api) });
    console.log(shown(result, (Date.now() - from) / 1000));
    process.exitCode = result.found.length > 0 ? 1 : 0;
  } finally {
    await api.stop();
  }
}

void main();
