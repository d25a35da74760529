import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { moduleFilesMissing } from "../toolchain/moduleFiles";
import { isAtLeast, missingTools, moduleDirectory, type ToolName } from "../toolchain/toolchain";

/** Something that this machine does not have, and what mends it. */
export interface Lack {
  readonly what: string;
  readonly mend: string;
}

/** How the machine is asked. */
export interface Host {
  readonly platform: NodeJS.Platform;
  readonly nodeVersion: string;
  /** Nothing when there is no such command. */
  run(
    command: string,
    args: readonly string[],
    directory?: string,
  ): Promise<{ readonly ok: boolean; readonly output: string } | undefined>;
  readFile(path: string): string | undefined;
}

const leastGo = "1.26.1";
const ownCluster = "With a cluster of your own, nothing of this is needed: npm start -- --kubeconfig FILE";

/**
 * Everything that keeps the sandbox from running here; empty when nothing does. Go counts only when something is to be
 * built.
 */
export async function lacks(probe: Host, mustBuild: boolean): Promise<Lack[]> {
  const node: Lack[] =
    Number(probe.nodeVersion.replace(/^v/, "").split(".")[0]) >= 22
      ? []
      : [
          {
            what: `Node ${probe.nodeVersion} runs this, Node 22 or later is needed`,
            mend: "Start it with npm, which uses the Node 22 that package.json installs: npm start",
          },
        ];
  if (probe.platform !== "linux") {
    const what = `the embedded cluster needs Linux and its namespaces; this is ${probe.platform === "darwin" ? "macOS" : probe.platform}`;
    return [
      ...node,
      { what, mend: "Run it in a Linux virtual machine, or with --kubeconfig against a cluster of your own" },
    ];
  }
  const [unshare, setpriv, ip] = await Promise.all(
    ["unshare", "setpriv", "ip"].map((command) => probe.run(command, ["-V"])),
  );
  const found: Lack[] = [...node];
  const utilLinux = [unshare ? "" : "unshare", setpriv ? "" : "setpriv"].filter((name) => name !== "");
  if (utilLinux.length > 0)
    found.push({
      what: `${utilLinux.join(" and ")} of util-linux is not on the PATH`,
      mend: "Install the package util-linux",
    });
  if (!ip)
    found.push({ what: "ip of iproute2 is not on the PATH", mend: "Install the package iproute2 (iproute on Fedora)" });
  if (unshare) found.push(...(await namespaceLack(probe)));
  if (mustBuild) found.push(...(await goLack(probe)));
  return found;
}

async function namespaceLack(probe: Host): Promise<Lack[]> {
  const tried = await probe.run("unshare", ["-rn", "--pid", "--fork", "true"]);
  if (tried?.ok) return [];
  const setting = (path: string) => probe.readFile(path)?.trim();
  const mends = [
    setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") === "1" &&
      "AppArmor restricts user namespaces. Until the next boot: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0. " +
        "For unshare alone: an AppArmor profile for /usr/bin/unshare with the rule `userns,` (flags=(unconfined))",
    setting("/proc/sys/kernel/unprivileged_userns_clone") === "0" &&
      "sudo sysctl -w kernel.unprivileged_userns_clone=1",
    setting("/proc/sys/user/max_user_namespaces") === "0" && "sudo sysctl -w user.max_user_namespaces=10000",
  ].filter((mend) => mend !== false);
  const fallback =
    "In a container, its security profile must allow unshare(2) and clone(2) with user namespaces (Docker: --security-opt seccomp=unconfined)";
  return [
    {
      what: `a user namespace cannot be made (unshare -rn: ${tried?.output.trim().split("\n")[0] || "refused"})`,
      mend: mends.length > 0 ? mends.join("; ") : fallback,
    },
  ];
}

async function goLack(probe: Host): Promise<Lack[]> {
  const mend = `Install Go ${leastGo} or later from https://go.dev/dl; it builds the tools once`;
  const asked = await probe.run("go", ["env", "GOVERSION"], moduleDirectory("cluster"));
  if (asked === undefined) return [{ what: "go is not on the PATH", mend }];
  const version = /^go(\d+(?:\.\d+)+)/.exec(asked.output)?.[1];
  if (asked.ok && version !== undefined && isAtLeast(version, leastGo)) return [];
  return [{ what: `Go ${leastGo} or later is needed; it says: ${asked.output.trim()}`, mend }];
}

/** The error that names everything at once. */
export function lackError(found: readonly Lack[]): Error {
  const lines = found.map(({ what, mend }) => `  - ${what}\n    ${mend}.`);
  return new Error(`The embedded cluster cannot run here:\n${lines.join("\n")}\n${ownCluster}`);
}

const host: Host = {
  platform: process.platform,
  nodeVersion: process.version,
  run: (command, args, directory) =>
    new Promise((resolve) =>
      execFile(command, [...args], { cwd: directory, timeout: 60_000 }, (error, stdout, stderr) =>
        resolve(
          (error as NodeJS.ErrnoException | null)?.code === "ENOENT"
            ? undefined
            : { ok: error === null, output: stdout + stderr },
        ),
      ),
    ),
  readFile: (path) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  },
};

/**
 * Which of these tools are missing. Throws one error that names everything the machine lacks for a sandbox with them,
 * each with its mend.
 */
export async function preflight(names: readonly ToolName[]): Promise<readonly ToolName[]> {
  const missing = await missingTools(names);
  const found = await lacks(host, moduleFilesMissing() || missing.length > 0);
  if (found.length > 0) throw lackError(found);
  return missing;
}
