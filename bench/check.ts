import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { describe } from "../manifests/describe";
import type { KubernetesObject } from "../manifests/types/kubernetes";
import { releaseSettings } from "../release/release";
import { kubeScore } from "./kubeScore";

const runs = 5;

export interface CheckTimes {
  /** Medians in seconds. */
  readonly ours: number;
  /** Absent where it was not installed. */
  readonly kubeScore?: number;
}

/** Times `npm run check` without npm, and kube-score, on the same file of so many objects, in turn. */
export function checkTimes(objects: number, directory: string): CheckTimes {
  const file = join(directory, `objects-${objects}.yaml`);
  writeFileSync(file, releases(objects).map((object) => dump(object, { noRefs: true })).join("---\n"));
  const other = kubeScore();
  const check = () => seconds(process.execPath, [join(__dirname, "..", "policies", "check.mjs"), file]);
  const score = () => (other === undefined ? NaN : seconds(other, ["score", file]));
  check();
  score();
  const times = Array.from({ length: runs }, () => [check(), score()] as const);
  return { ours: median(times.map(([ours]) => ours)), ...(other !== undefined && { kubeScore: median(times.map(([, its]) => its)) }) };
}

/** Releases in twenty namespaces, in turn by Argo Rollouts and by Pulumi, until there are so many objects. */
function releases(objects: number): readonly KubernetesObject[] {
  const all: KubernetesObject[] = [];
  for (let index = 0; all.length < objects; index++) {
    const application = `shop-${index}`;
    const settings = releaseSettings({
      application,
      namespace: `team-${index % 20}`,
      image: "registry.example.com/shop:1.4.0",
      host: `${application}.example.com`,
      controller: index % 2 === 0 ? "argo-rollouts" : "pulumi",
    });
    all.push(...describe(settings).objects.map(({ object }) => object));
  }
  return all.slice(0, objects);
}

/** How long a command takes that exits with 0 or, having found something, with 1. */
function seconds(command: string, args: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(command, args, { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8", maxBuffer: 2 ** 30 });
  if (status !== 0 && status !== 1) throw new Error(`${command} ended with exit code ${status}: ${stderr}`);
  return (performance.now() - started) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
