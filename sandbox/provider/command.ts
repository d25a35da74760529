import { EngineLog } from "./engineLog";
import { uniqueName } from "./naming";
import { changes } from "./paths";
import { CommandFailure, run, type Ran } from "./run";
import type { Implementation, Operation } from "./server";
import {
  containsSecret,
  containsUnknown,
  isArray,
  objectAt,
  revealAll,
  secret,
  secretTexts,
  textAt,
  unknownText,
  withoutNulls,
  type Properties,
  type Value,
} from "./values";

const inputsKnown = [
  "create",
  "update",
  "delete",
  "dir",
  "environment",
  "interpreter",
  "stdin",
  "triggers",
  "logging",
  "addPreviousOutputInEnv",
];
const loggings = ["stdout", "stderr", "stdoutAndStderr", "none"];

/** Local commands, as the official command provider runs them; nothing runs in a preview. */
export const commandProvider: Implementation = {
  package: "command",
  version: "1.2.1",
  covers: "command:local:Command",
  marksSecrets: true,

  checkConfig: () => undefined,

  check(target, _olds, news) {
    if (target.type !== "command:local:Command") {
      throw new Error(
        `${target.type} is not covered by the sandbox's own command provider, which knows command:local:Command.`,
      );
    }
    const inputs = withoutNulls(news);
    const unknown = Object.keys(inputs).filter((key) => !inputsKnown.includes(key));
    if (unknown.length > 0) {
      throw new Error(
        `${unknown.join(", ")} of a Command is not covered by the sandbox's own provider; it takes ${inputsKnown.join(", ")}.`,
      );
    }
    const { logging } = inputs;
    if (logging !== undefined && !containsUnknown(logging) && !loggings.includes(String(logging))) {
      throw new Error(`logging: ${JSON.stringify(logging)} is none of ${loggings.join(", ")}.`);
    }
    return Promise.resolve(inputs);
  },

  diff(_target, { olds, news, ignoreChanges }) {
    const all = changes(revealAll(olds), revealAll(news), ignoreChanges);
    const replaces = news["update"] === undefined ? all.filter(({ path }) => path[0] === "triggers") : [];
    return Promise.resolve({ changes: all, replaces, deleteBeforeReplace: false });
  },

  async create(operation, inputs) {
    const id = uniqueName(operation.name, new Uint8Array());
    if (operation.preview) return { id: "", outputs: withOutput(inputs, unknownOutput) };
    return { id, outputs: withOutput(inputs, await execute(operation, "create", inputs, { stdout: "", stderr: "" })) };
  },

  read: (_target, id, inputs, outputs) => Promise.resolve({ id, inputs, outputs }),

  async update(operation, _id, { oldOutputs, news }) {
    if (operation.preview) return withOutput(news, unknownOutput);
    const phase = news["update"] === undefined ? "create" : "update";
    return withOutput(news, await execute(operation, phase, news, previousOutput(oldOutputs)));
  },

  async delete(operation, _id, _inputs, outputs) {
    await execute(operation, "delete", outputs, previousOutput(outputs));
  },
};

const unknownOutput: Ran = { stdout: unknownText, stderr: unknownText };

function previousOutput(outputs: Properties): Ran {
  const { stdout = "", stderr = "" } = revealAll(outputs);
  return { stdout: String(stdout), stderr: String(stderr) };
}

/** The resource's outputs; what a command wrote is a secret as soon as one of its inputs is. */
function withOutput(inputs: Properties, { stdout, stderr }: Ran): Properties {
  const hide: (value: Value) => Value = containsSecret(inputs) ? secret : (value) => value;
  return { ...inputs, stdout: hide(stdout), stderr: hide(stderr) };
}

/** Runs the command of one phase, its lines on the engine's screen; without a command the output stays as it was. */
async function execute(
  operation: Operation,
  phase: "create" | "update" | "delete",
  inputs: Properties,
  previous: Ran,
): Promise<Ran> {
  const plain = revealAll(inputs);
  const command = textAt(plain, phase);
  if (command === undefined) return previous;
  const hidden = secretTexts(inputs).filter((text) => text.trim().length > 2);
  const redact = (line: string) => hidden.reduce((shown, text) => shown.replaceAll(text, "[secret]"), line);
  const { logging = "stdoutAndStderr", interpreter } = plain;
  const log = new EngineLog(operation);
  try {
    return await run({
      command,
      interpreter: isArray(interpreter) && interpreter.length > 0 ? interpreter.map(String) : ["/bin/sh", "-c"],
      dir: textAt(plain, "dir"),
      environment: {
        ...environmentOf(plain),
        ...(plain["addPreviousOutputInEnv"] === false ? {} : previousEnvironment(previous)),
      },
      stdin: textAt(plain, "stdin") ?? "",
      timeout: operation.timeout,
      cancelled: operation.cancelled,
      onLine: (stream, line) => {
        if (logging === stream || logging === "stdoutAndStderr") log.info(redact(line));
      },
    });
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    throw new Error(redact(`The ${phase} command of ${operation.name} ${error.message}`), { cause: error });
  } finally {
    await log.close();
  }
}

function environmentOf(inputs: Properties): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectAt(inputs, "environment")).map(([key, value]) => [key, String(value)]),
  );
}

function previousEnvironment({ stdout, stderr }: Ran): Record<string, string> {
  return {
    ...(stdout !== "" && { PULUMI_COMMAND_STDOUT: stdout }),
    ...(stderr !== "" && { PULUMI_COMMAND_STDERR: stderr }),
  };
}
