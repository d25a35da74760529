// npm run check -- FILES: the gate's rules on YAML, or on an exported Pulumi state, without Pulumi.
import { Command, CommanderError, Option } from "commander";
import { today } from "../gate/exceptions";
import { rules } from "../rules";
import { check, type Severity } from "./check";
import type { Configuration } from "./configuration";
import { readFiles } from "./files";
import { formats, type FormatName } from "./formats";
import { readState } from "./state";
import { Unusable } from "./unusable";

interface Options {
  readonly state?: string;
  readonly format: FormatName;
  readonly config?: string;
  readonly severity: Exclude<Severity, "note">;
  readonly strict: boolean;
}

const exitCodes = { fine: 0, violations: 1, unusable: 2 };

const command = new Command("check")
  .description("Judges Kubernetes objects by the rules of the gate for canary releases.")
  .argument("[files...]", "YAML or JSON files, folders of them, or - for standard input")
  .option("--state <file>", "a state as pulumi stack export prints it, or - for standard input")
  .addOption(
    new Option("--format <format>", "how the findings are written").choices(Object.keys(formats)).default("text"),
  )
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
  .addHelpText("after", "\nExit codes: 0 all is fine, 1 violations, 2 something that cannot be read.")
  .exitOverride();

async function judged(): Promise<number> {
  command.parse();
  const options = command.opts<Options>();
  if (command.args.length === 0 && options.state === undefined)
    throw new Unusable(["nothing to check; accepted: files, folders, - for standard input, or --state FILE"]);
  const given = options.config === undefined ? {} : await configured(options.config);
  const configuration = options.strict ? { ...given, "not-judged": { enforcementLevel: "mandatory" as const } } : given;
  const files = readFiles(command.args);
  const state = options.state === undefined ? { objects: [], others: 0 } : readState(options.state);
  const read = { objects: [...files.objects, ...state.objects], others: files.others + state.others };
  const report = check(rules, read, { configuration, file: options.config, day: today() });
  process.stdout.write(formats[options.format](report, rules));
  const failing: readonly Severity[] = options.severity === "error" ? ["error"] : ["error", "warning"];
  return report.findings.some(({ severity }) => failing.includes(severity)) ? exitCodes.violations : exitCodes.fine;
}

/** What validates a configuration is loaded for one alone: it is the half of all code. */
async function configured(file: string): Promise<Configuration> {
  const { readConfiguration } = await import("./configuration.js");
  return readConfiguration(file, rules);
}

/** Judges what the command line names, and ends the process with the exit code that the help tells. */
export function main(): void {
  // Whoever reads the output may stop early, as head does.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  judged().then(
    // Once all is written there is nothing to wait for, such as the collection of garbage.
    (code) => process.stdout.write("", () => process.exit(code)),
    (error: unknown) => {
      process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? exitCodes.fine : exitCodes.unusable;
      if (error instanceof CommanderError) return;
      if (error instanceof Unusable) return console.error(error.message);
      console.error(`the check failed, which is a fault of its own: ${error instanceof Error ? error.stack : error}`);
    },
  );
}
