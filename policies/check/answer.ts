import { today } from "../gate/exceptions";
import { rules } from "../rules";
import { exitCodes, type Answer, type Asked } from "./asked";
import { check, nothing, type Report, type Severity } from "./check";
import type { Configuration } from "./configuration";
import { readFiles } from "./files";
import { formats } from "./formats";
import { Progress } from "./progress";
import { readState } from "./state";
import { Texts } from "./texts";
import { Unusable } from "./unusable";

/** Judges what is asked; what cannot be judged is a problem in the answer. */
export async function answered(asked: Asked): Promise<Answer> {
  const write = (report: Report) => formats[asked.format](report, rules);
  try {
    const report = await judged(asked);
    const failing: readonly Severity[] = asked.severity === "error" ? ["error"] : ["error", "warning"];
    const fails = report.findings.some(({ severity }) => failing.includes(severity));
    return { output: write(report), problems: [], code: fails ? exitCodes.violations : exitCodes.fine };
  } catch (error) {
    const problems =
      error instanceof Unusable
        ? error.problems
        : `the check failed, which is a fault of its own: ${error instanceof Error ? error.stack : String(error)}`.split(
            "\n",
          );
    return { output: write({ ...nothing, problems }), problems, code: exitCodes.unusable };
  }
}

async function judged({ files, state: ofState, config, strict, allowEmpty, input, progress }: Asked): Promise<Report> {
  const shown = new Progress(progress);
  const texts = new Texts(input, (text) => shown.say(text));
  const given = config === undefined ? {} : await configured(config, texts);
  const configuration = strict ? { ...given, "not-judged": { enforcementLevel: "mandatory" as const } } : given;
  const read = readFiles(files, texts);
  const state = ofState === undefined ? { objects: [], others: 0 } : readState(ofState, texts);
  const all = { objects: [...read.objects, ...state.objects], others: read.others + state.others };
  if (all.objects.length === 0 && !allowEmpty) throw new Unusable([whyNothing(all.others)]);
  return check(rules, all, { configuration, file: config, day: today(), say: (text) => shown.say(text) });
}

function whyNothing(others: number): string {
  const what = others === 0 ? "nothing was read" : "what was read is no Kubernetes object";
  return `nothing to judge: ${what}; accepted: objects with an apiVersion and a kind, or --allow-empty`;
}

/** What validates a configuration is loaded for one alone: it is the half of all code. */
async function configured(file: string, texts: Texts): Promise<Configuration> {
  const { readConfiguration } = await import("./configuration.js");
  return readConfiguration(file, rules, texts);
}
