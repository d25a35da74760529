import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { describeRelease } from "../manifests/describe";
import type { KubernetesObject } from "../manifests/types/kubernetes";
import { kindOf } from "../policies/objects/input";
import { rules } from "../policies/rules";
import type { ReleaseArgs } from "../release/settings";
import { kubeScore } from "./kubeScore";

const runs = 5;

export interface CheckTimes {
  readonly objects: number;
  /** Medians in seconds. */
  readonly ours: number;
  /** Absent where it was not installed. */
  readonly kubeScore?: number;
}

/** What stands in a file that is checked, and how many of its objects each of the two judges. */
export interface ToolRun {
  readonly kinds: Readonly<Record<string, number>>;
  readonly ours: number;
  readonly kubeScore?: number;
}

/** Compiles the check and the policy pack, as `npm run pack` does. */
export function compilePolicies(): void {
  const { status, stderr } = spawnSync(process.execPath, [join(policies, "compile.mjs")], { encoding: "utf8" });
  if (status !== 0) throw new Error(`The policies were not compiled: ${stderr}`);
}

const policies = join(__dirname, "..", "policies");

/**
 * Times the compiled check, started directly, and kube-score on the same file of so many objects, in turn: each from
 * its start to its end.
 */
export function checkTimes(objects: number, directory: string): CheckTimes {
  const file = fileOf(objects, directory);
  const other = kubeScore();
  const check = () => run(process.execPath, [join(policies, "dist", "check.js"), file]).seconds;
  const score = () => (other === undefined ? NaN : run(other, ["score", file]).seconds);
  check();
  score();
  const times = Array.from({ length: runs }, () => [check(), score()] as const);
  return {
    objects,
    ours: median(times.map(([ours]) => ours)),
    ...(other !== undefined && { kubeScore: median(times.map(([, its]) => its)) }),
  };
}

/** What a file of so many objects holds, and what of it is judged. */
export function judgedOf(objects: number, directory: string): ToolRun {
  const all = releases(objects);
  const kinds: Record<string, number> = {};
  for (const { kind } of all) kinds[kind] = (kinds[kind] ?? 0) + 1;
  const judging = new Set(rules.flatMap((rule) => rule.kinds));
  const other = kubeScore();
  const its =
    other === undefined
      ? {}
      : {
          kubeScore: (
            JSON.parse(
              run(other, ["score", "--output-format", "json", fileOf(objects, directory)]).stdout,
            ) as readonly unknown[]
          ).length,
        };
  return { kinds, ours: all.filter((object) => judging.has(kindOf({ object: { ...object } }))).length, ...its };
}

function fileOf(objects: number, directory: string): string {
  const file = join(directory, `objects-${objects}.yaml`);
  writeFileSync(
    file,
    releases(objects)
      .map((object) => dump(object, { noRefs: true }))
      .join("---\n"),
  );
  return file;
}

/** Releases in twenty namespaces, in turn by Argo Rollouts and by Pulumi, until there are so many objects. */
function releases(objects: number): readonly KubernetesObject[] {
  const all: KubernetesObject[] = [];
  for (let index = 0; all.length < objects; index++)
    all.push(...describeRelease(releaseArgs(index)).objects.map(({ object }) => object));
  return all.slice(0, objects);
}

export function releaseArgs(index: number): ReleaseArgs {
  const application = `shop-${index}`;
  return {
    application,
    namespace: `team-${index % 20}`,
    image: "registry.example.com/shop:1.4.0",
    host: `${application}.example.com`,
    controller: index % 2 === 0 ? "argo-rollouts" : "pulumi",
  };
}

/** How long a command takes that exits with 0 or, having found something, with 1. */
function run(command: string, args: readonly string[]): { readonly seconds: number; readonly stdout: string } {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0 && status !== 1) throw new Error(`${command} ended with exit code ${status}: ${stderr}`);
  return { seconds, stdout };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
