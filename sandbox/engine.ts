import * as automation from "@pulumi/pulumi/automation";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { dump, load, loadAll } from "js-yaml";
import program from "..";
import type { ReleaseArgs } from "../release/settings";
import { useFreshConnections } from "./freshConnections";
import { pluginNames, type PluginName } from "./toolchain/plugins";
import { serveProviders } from "./provider";

export interface EngineOptions {
  /** Folder for the stack's configuration and its state. */
  readonly directory: string;
  /** Path of the `pulumi` command. */
  readonly pulumi: string;
  /** The cluster to deploy to. */
  readonly kubeconfig: string;
  /**
   * Providers that listen already, as in "kubernetes:40001,command:40002"; none where the official plugins are used.
   */
  readonly debugProviders?: string;
  /** What to deploy. Default: this repository's program. */
  readonly program?: automation.PulumiFn;
  /** Default: "demo". */
  readonly stack?: string;
}

/** A stack that the real Pulumi engine deploys in this process, without a language host. */
export interface DeployedStack {
  readonly stack: automation.Stack;
  /** Replaces the stack's configuration; values are what its YAML file would hold. */
  configure(config: Partial<ReleaseArgs>): void;
}

const root = join(__dirname, "..");

/** Creates or selects a stack with its state in a folder. Throws where the `pulumi` command cannot be run. */
export async function createStack(options: EngineOptions): Promise<DeployedStack> {
  const { directory, pulumi, kubeconfig, debugProviders, stack: stackName = "demo" } = options;
  useFreshConnections();
  const state = join(directory, "state");
  mkdirSync(state, { recursive: true });
  // Another program than this repository's has none of its configuration.
  if (options.program) writeFileSync(join(directory, "Pulumi.yaml"), dump({ name: "canary", runtime: "nodejs" }));
  else writeFileSync(join(directory, "Pulumi.yaml"), projectFile());
  process.env.PATH = [dirname(pulumi), process.env.PATH].join(delimiter);
  // Commands that the sandbox's own provider runs are children of this process.
  process.env.KUBECONFIG = kubeconfig;
  const workspace = await automation.LocalWorkspace.create({
    workDir: directory,
    program: (options.program ?? program) as automation.PulumiFn,
    envVars: {
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: "demonstration",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      KUBECONFIG: kubeconfig,
      ...(debugProviders && { PULUMI_DEBUG_PROVIDERS: debugProviders }),
    },
  });
  const stack = await automation.Stack.createOrSelect(stackName, workspace);
  return { stack, configure: (config) => writeConfig(join(directory, `Pulumi.${stackName}.yaml`), config) };
}

/** This repository's project, from another folder: plugins run where its main program is. */
function projectFile(): string {
  const project = load(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as object;
  return dump({ ...project, main: root });
}

/**
 * Does something with a stack whose resources the official plugins declare or, where one is missing, a provider of the
 * sandbox's own.
 */
export async function withStack<Result>(
  options: Omit<EngineOptions, "debugProviders">,
  plugins: readonly PluginName[],
  use: (stack: DeployedStack) => Promise<Result>,
): Promise<Result> {
  const packages = pluginNames.filter((name) => !plugins.includes(name));
  const providers = await serveProviders({ kubeconfig: options.kubeconfig, packages });
  try {
    console.log(
      packages.length === 0
        ? "The official Pulumi plugins deploy."
        : `The sandbox's own providers for ${packages.join(" and ")} deploy, behind the real engine.`,
    );
    return await use(await createStack({ ...options, debugProviders: providers.debugProviders }));
  } finally {
    await providers.close();
  }
}

/** The file also holds the salt of the stack's secrets, which stays. */
function writeConfig(file: string, config: Partial<ReleaseArgs>): void {
  const before = existsSync(file) ? (loadAll(readFileSync(file, "utf8"))[0] as object | null) : {};
  const entries = Object.entries(config).map(([key, value]) => [`canary:${key}`, value]);
  writeFileSync(file, dump({ ...before, config: Object.fromEntries(entries) as object }));
}
