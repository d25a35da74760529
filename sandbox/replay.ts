// npm run replay: releases as they are in reality, on the embedded cluster, in a fraction of their time.
import { Argument, Command } from "commander";
import { runEmbedded } from "./demonstration/embedded";
import { replayNames, replayOf, replays } from "./demonstration/replays";

function namesToReplay(): readonly string[] {
  const titles = replays.map(({ name, title, factor }) => `  ${name.padEnd(10)}${title} (${factor} times as fast)`);
  return new Command("npm run replay --")
    .description(
      "Replays releases on the embedded cluster, one after the other; ends with 0 where each ends as it must.",
    )
    .addArgument(new Argument("[names...]", "what to replay (default: all)").choices(replayNames))
    .addHelpText("after", ["", "Replays:", ...titles].join("\n"))
    .parse().args;
}

async function main(): Promise<number> {
  const names = namesToReplay();
  return runEmbedded({ replays: names.length === 0 ? replays : names.map(replayOf) });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
