import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { buildMissing, type ToolchainEvent } from "./build";
import { cacheDirectory } from "../host/directory";
import { fetchReleases } from "./download";
import { keyOf, type LeftOut } from "./leftOut";
import { downloadedPath, releaseOf } from "./officialReleases";
import { prometheusLeftOut, pulumiLeftOut, rolloutsLeftOut, traefikLeftOut } from "./parts";

export type { ToolchainEvent } from "./build";

/**
 * What a cluster can have beside what every sandbox has: Flagger with its load tester; Istio with an ingress gateway.
 */
export const addOns = ["flagger", "istio"] as const;
export type AddOn = (typeof addOns)[number];

interface Command {
  /** From which version on one on the PATH will do. */
  readonly least: string;
  /** What makes it print its version. */
  readonly versionArguments: readonly string[];
  /** How long it took to have on two cores with cold caches, in the order of this table. */
  readonly seconds: number;
  /** What it belongs to; without it every sandbox needs the command. */
  readonly addOn?: AddOn;
}

/** A command that Go builds, and the module under tools/ that pins it. */
interface GoTool extends Command {
  readonly module: GoModule;
  readonly package: string;
  /** What it is compiled without. */
  readonly leftOut?: readonly LeftOut[];
}

/** A command that a wheel of the Python package index holds, and the requirements under tools/ that pin it. */
interface WheelTool extends Command {
  readonly module: "envoy";
  readonly file: string;
}

export type Tool = GoTool | WheelTool;

/** Variables that the linker sets: without a version, clients that parse the API server's refuse it. */
const linked = [
  "k8s.io/component-base/version.gitVersion=v1.36.3",
  "k8s.io/component-base/version.gitMajor=1",
  "k8s.io/component-base/version.gitMinor=36",
  "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.255.0",
];
/** What every build has: no paths of this machine, and no debug information, which takes long to make. */
const common = ["-trimpath", "-gcflags=all=-dwarf=false"];
/** Flags by module: all commands of one are built together, so that what they share is compiled once. */
export const goModules = {
  cluster: [
    ...common,
    "-tags=remove_all_sd,enable_kubernetes_sd",
    `-ldflags=-s -w${linked.map((value) => ` -X ${value}`).join("")}`,
  ],
  istio: [...common, "-ldflags=-s -w"],
} as const;
type GoModule = keyof typeof goModules;

const kubernetes = (command: string, seconds: number): GoTool => ({
  module: "cluster",
  package: `k8s.io/kubernetes/cmd/${command}`,
  least: "1.34.0",
  versionArguments: ["--version"],
  seconds,
});

export const tools = {
  "rollouts-controller": {
    module: "cluster",
    package: "github.com/argoproj/argo-rollouts/cmd/rollouts-controller",
    leftOut: rolloutsLeftOut,
    least: "1.9.0",
    versionArguments: ["--version"],
    seconds: 200,
  },
  "kube-apiserver": kubernetes("kube-apiserver", 86),
  "kube-controller-manager": kubernetes("kube-controller-manager", 27),
  "kube-scheduler": kubernetes("kube-scheduler", 1),
  kwok: {
    module: "cluster",
    package: "sigs.k8s.io/kwok/cmd/kwok",
    least: "0.8.0",
    versionArguments: ["--version"],
    seconds: 7,
  },
  etcd: {
    module: "cluster",
    package: "go.etcd.io/etcd/server/v3",
    least: "3.5.0",
    versionArguments: ["--version"],
    seconds: 8,
  },
  prometheus: {
    module: "cluster",
    package: "github.com/prometheus/prometheus/cmd/prometheus",
    leftOut: prometheusLeftOut,
    least: "3.0.0",
    versionArguments: ["--version"],
    seconds: 38,
  },
  flagger: {
    module: "cluster",
    package: "github.com/fluxcd/flagger/cmd/flagger",
    least: "1.40.0",
    versionArguments: ["-version"],
    seconds: 21,
    addOn: "flagger",
  },
  loadtester: {
    module: "cluster",
    package: "github.com/fluxcd/flagger/cmd/loadtester",
    least: "0.35.0",
    versionArguments: ["-version"],
    seconds: 1,
    addOn: "flagger",
  },
  // The load tester's gates read a Canary with it.
  kubectl: {
    ...kubernetes("kubectl", 5),
    least: "1.30.0",
    versionArguments: ["version", "--client"],
    addOn: "flagger",
  },
  pulumi: {
    module: "cluster",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    leftOut: pulumiLeftOut,
    least: "3.250.0",
    versionArguments: ["version"],
    seconds: 84,
  },
  traefik: {
    module: "cluster",
    package: "github.com/traefik/traefik/v3/cmd/traefik",
    leftOut: traefikLeftOut,
    least: "3.7.6",
    versionArguments: ["version"],
    seconds: 58,
  },
  "pilot-discovery": {
    module: "istio",
    package: "istio.io/istio/pilot/cmd/pilot-discovery",
    least: "1.29.0",
    versionArguments: ["version"],
    seconds: 220,
    addOn: "istio",
  },
  envoy: {
    module: "envoy",
    file: "envoy/_bin/envoy",
    least: "1.37.0",
    versionArguments: ["--version"],
    seconds: 5,
    addOn: "istio",
  },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof tools;
const allTools = Object.keys(tools) as ToolName[];

/** Which tools a sandbox with these add-ons needs, in the order in which they are built. */
export function toolsFor(wanted: readonly AddOn[] = []): ToolName[] {
  return allTools.filter((name) => {
    const { addOn }: Tool = tools[name];
    return addOn === undefined || wanted.includes(addOn);
  });
}

/** Those that every sandbox needs. */
export const toolNames = toolsFor();
export const clusterTools = toolNames.filter((name) => name !== "pulumi");

export const moduleDirectory = (module: Tool["module"]) => join(__dirname, "..", "tools", module);

/**
 * Where a built tool is kept: the directory changes with the module's pins and with the flags, not with the version of
 * Go.
 */
export function builtPath(name: ToolName, cache: string = cacheDirectory()): string {
  const tool = tools[name];
  return join(cache, "tools", toolKey(tool, pinsOf(tool.module)), name);
}

export function toolKey(tool: Tool, pins: readonly string[]): string {
  const hash = createHash("sha256");
  const what = "file" in tool ? [tool.file] : [tool.package, ...goModules[tool.module], ...leftOutKey(tool)];
  for (const part of [...pins, ...what, process.platform, process.arch]) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 16);
}

const leftOutKey = ({ leftOut = [] }: GoTool) => (leftOut.length > 0 ? [keyOf(leftOut)] : []);

function pinsOf(module: Tool["module"]): string[] {
  return ["go.mod", "go.sum", join("ext", "ext.go"), "requirements.txt"]
    .map((file) => join(moduleDirectory(module), file))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8"));
}

/** The first version number in what a command prints about itself; Go's own and placeholders do not count. */
export function parseVersion(printed: string): string | undefined {
  const found = /(?<![\w.])v?(\d+\.\d+\.\d+)/.exec(printed)?.[1];
  return found === "99.99.99" || found === "0.0.0" ? undefined : found;
}

export function isAtLeast(version: string, least: string): boolean {
  const numbers = (text: string) => text.split(".").map(Number);
  const [a, b] = [numbers(version), numbers(least)];
  const differs = b.findIndex((number, index) => a[index] !== number);
  return differs < 0 || (a[differs] ?? 0) > (b[differs] ?? 0);
}

async function onPath(name: ToolName, report: (event: ToolchainEvent) => void): Promise<string | undefined> {
  const file = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((directory) => directory !== "")
    .map((directory) => join(directory, name))
    .find(isExecutable);
  if (file === undefined) return undefined;
  const { least } = tools[name];
  const version = await versionOf(name, file);
  if (version !== undefined && isAtLeast(version, least)) return file;
  report({ kind: "passed over", tool: name, file, version: version ?? "unknown", least });
  return undefined;
}

async function versionOf(name: ToolName, file: string): Promise<string | undefined> {
  const { versionArguments } = tools[name];
  const printed = await new Promise<string>((resolve) =>
    execFile(file, [...versionArguments], { timeout: 10_000 }, (_error, stdout, stderr) => resolve(stdout + stderr)),
  );
  return parseVersion(printed);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function find(
  names: readonly ToolName[],
  report: (event: ToolchainEvent) => void,
): Promise<Map<ToolName, string>> {
  const found = await Promise.all(
    names.map(async (name): Promise<[ToolName, string | undefined]> => {
      const release = releaseOf(name);
      const had = [builtPath(name), ...(release ? [downloadedPath(name, release)] : [])].find((file) =>
        existsSync(file),
      );
      return [name, had ?? (await onPath(name, report))];
    }),
  );
  return new Map(found.filter((entry): entry is [ToolName, string] => entry[1] !== undefined));
}

/** Which of these tools are neither built or downloaded already nor on the PATH in a version that will do. */
export async function missingTools(names: readonly ToolName[]): Promise<ToolName[]> {
  const found = await find(names, () => undefined);
  return names.filter((name) => !found.has(name));
}

/**
 * Absolute paths of the named tools: one that was built or downloaded before, else one on the PATH that is recent
 * enough, else its project's own where that can be had, else built now with Go, once; Envoy is downloaded. Throws with
 * the tail of the output when one cannot be had.
 */
export async function toolchain(
  names: readonly ToolName[],
  report: (event: ToolchainEvent) => void = () => undefined,
): Promise<Readonly<Record<ToolName, string>>> {
  const found = await find(names, report);
  const had = await downloaded(
    names.filter((name) => !found.has(name)),
    report,
  );
  const missing = allTools.filter((name) => names.includes(name) && !found.has(name) && !had.has(name));
  if (missing.length > 0) {
    await buildMissing(
      missing.map((name) => {
        const tool = tools[name];
        const [directory, output] = [moduleDirectory(tool.module), builtPath(name)];
        return "file" in tool
          ? { ...tool, name, directory, output }
          : { ...tool, name, module: { directory, flags: goModules[tool.module] }, output };
      }),
      report,
    );
  }
  return Object.fromEntries(names.map((name) => [name, found.get(name) ?? had.get(name) ?? builtPath(name)])) as Record<
    ToolName,
    string
  >;
}

/** Downloads the official releases of these tools that can be had; returns their paths. */
async function downloaded(
  missing: readonly ToolName[],
  report: (event: ToolchainEvent) => void,
): Promise<ReadonlyMap<string, string>> {
  const wanted = missing.flatMap((name) => {
    const release = releaseOf(name);
    return release ? [{ name, release, versionOf: async (file: string) => versionOf(name, file) }] : [];
  });
  return fetchReleases(wanted, report);
}
