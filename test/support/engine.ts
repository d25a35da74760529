import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { useFreshConnections } from "../../sandbox/freshConnections";

/** The real Pulumi engine on a state of its own. */
export interface Engine {
  /** A stack that runs the program; the same name keeps its state. */
  stack(name: string, program: PulumiFn): Promise<Stack>;
  /** The stack's state as it is on disk, secrets encrypted; `exportStack` shows them. */
  state(name: string): string;
  close(): void;
}

/** An engine whose resources go to the providers that listen at `debugProviders`. */
export async function startEngine(pulumi: string, debugProviders: string): Promise<Engine> {
  useFreshConnections();
  const root = mkdtempSync(join(tmpdir(), "canary-engine-"));
  mkdirSync(join(root, "bin"));
  mkdirSync(join(root, "state"));
  symlinkSync(pulumi, join(root, "bin", "pulumi"));
  const pulumiCommand = await PulumiCommand.get({ root });
  const projectName = "test";
  return {
    stack: (stackName, program) =>
      LocalWorkspace.createOrSelectStack(
        { stackName, projectName, program },
        {
          pulumiCommand,
          pulumiHome: join(root, "home"),
          projectSettings: { name: projectName, runtime: "nodejs", backend: { url: `file://${join(root, "state")}` } },
          envVars: {
            PULUMI_CONFIG_PASSPHRASE: "test",
            PULUMI_DEBUG_PROVIDERS: debugProviders,
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
            PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
          },
        },
      ),
    state: (name) => readFileSync(join(root, "state", ".pulumi", "stacks", projectName, `${name}.json`), "utf8"),
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}
