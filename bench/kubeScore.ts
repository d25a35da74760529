// What the check is measured against. Installed before the benchmark enters its namespace, which has no network.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "../sandbox/host/directory";

export const kubeScoreVersion = "v1.20.0";
const directory = join(cacheDirectory(), "bench", `kube-score-${kubeScoreVersion}`);

/** Path of kube-score; undefined where it was not installed. */
export function kubeScore(): string | undefined {
  const file = join(directory, "kube-score");
  return existsSync(file) ? file : undefined;
}

/** Builds it, once; where it cannot be had, the check is measured without it. */
export function installKubeScore(): void {
  if (kubeScore()) return;
  process.stderr.write(`building kube-score ${kubeScoreVersion} ...\n`);
  const { status } = spawnSync("go", ["install", `github.com/zegl/kube-score/cmd/kube-score@${kubeScoreVersion}`], {
    env: { ...process.env, GOBIN: directory },
    stdio: "inherit",
  });
  if (status !== 0) process.stderr.write("kube-score cannot be had: the check is measured without it.\n");
}
