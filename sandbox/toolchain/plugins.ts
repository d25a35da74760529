import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { version as commandVersion } from "@pulumi/command/package.json";
import { version as kubernetesVersion } from "@pulumi/kubernetes/package.json";
import { doneToday, markDone } from "../host/today";

const run = promisify(execFile);
const official = { kubernetes: kubernetesVersion, command: commandVersion } as const;
export type PluginName = keyof typeof official;
const asked = "plugins-asked-for";
export const pluginNames = Object.keys(official) as PluginName[];

/**
 * Which official provider plugins this machine has. Missing ones are installed where they can be had, which is tried
 * once a day.
 */
export async function officialPlugins(pulumi: string, report: (line: string) => void): Promise<readonly PluginName[]> {
  const installed = await installedPlugins(pulumi);
  const missing = pluginNames.filter((name) => !installed.includes(name));
  if (missing.length > 0 && !doneToday(asked)) {
    markDone(asked);
    report(
      `Asking for the official Pulumi plugins ${missing.map((name) => `${name} ${official[name]}`).join(" and ")} ...`,
    );
    await Promise.all(missing.map((name) => install(pulumi, name)));
    return installedPlugins(pulumi);
  }
  return installed;
}

async function installedPlugins(pulumi: string): Promise<readonly PluginName[]> {
  const { stdout } = await run(pulumi, ["plugin", "ls", "--json"]);
  const plugins = JSON.parse(stdout) as { kind: string; name: string; version?: string }[];
  const has = (wanted: PluginName) =>
    plugins.some(({ kind, name, version }) => kind === "resource" && name === wanted && version === official[wanted]);
  return (Object.keys(official) as PluginName[]).filter(has);
}

/** A plugin that cannot be had is not an error: the sandbox has providers of its own. */
async function install(pulumi: string, name: PluginName): Promise<void> {
  await run(pulumi, ["plugin", "install", "resource", name, official[name]], { timeout: 120_000 }).catch(
    () => undefined,
  );
}
