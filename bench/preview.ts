import * as kubernetes from "@pulumi/kubernetes";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CanaryRelease } from "../components";
import { describeRelease } from "../manifests/describe";
import type { ReleaseArgs } from "../release/settings";
import { createStack, type EngineOptions } from "../sandbox/engine";
import { providePolicyRunner } from "./policyRunner";
import { median, releaseArgs } from "./check";

const runs = 5;

export interface PreviewTimes {
  readonly releases: number;
  /** Medians in seconds. */
  readonly ours: number;
  readonly plain: number;
}

/**
 * Times previews of so many releases, as CanaryRelease components and as the same objects declared one by one, in turn.
 */
export async function previewTimes(releases: number, engine: EngineOptions): Promise<PreviewTimes> {
  const all = Array.from({ length: releases }, (_, index): ReleaseArgs => ({
    application: `shop-${index}`,
    image: "registry.example.com/shop:1.4.0",
    host: `shop-${index}.example.com`,
  }));
  const ours = await stackOf(`ours-${releases}`, engine, () => {
    for (const args of all) new CanaryRelease(args.application, args);
  });
  const plain = await stackOf(`plain-${releases}`, engine, () => {
    for (const args of all) declarePlainly(args);
  });
  const [oursMedian = NaN, plainMedian = NaN] = await inTurn(ours, plain);
  return { releases, ours: oursMedian, plain: plainMedian };
}

export interface PackTimes {
  readonly objects: number;
  /** Medians in seconds: without a policy pack, with one that does nothing, and with this repository's. */
  readonly without: number;
  readonly empty: number;
  readonly withPack: number;
}

/**
 * Times previews of one object that no rule judges, without a policy pack and with one, in turn: what is between them
 * is a pack's start.
 */
export async function packStart(engine: EngineOptions): Promise<PackTimes> {
  return packTimesOf(1, engine, () => new kubernetes.core.v1.Service("alone", { spec: { ports: [{ port: 80 }] } }));
}

/** The same for releases of so many objects at least. */
export async function packTimes(least: number, engine: EngineOptions): Promise<PackTimes> {
  const { objects, releases } = countedReleases(least);
  return packTimesOf(objects, engine, () => releases.map((args) => new CanaryRelease(args.application, args)));
}

async function packTimesOf(objects: number, engine: EngineOptions, declare: () => unknown): Promise<PackTimes> {
  const removeRunner = providePolicyRunner();
  try {
    const packs = { without: [], empty: [emptyPack(engine.directory)], with: [join(repository, "policies", "dist")] };
    const previews = await Promise.all(
      Object.entries(packs).map(async ([name, policyPacks]) =>
        stackOf(`${name}-${objects}`, engine, declare, policyPacks),
      ),
    );
    const [without = NaN, empty = NaN, withPack = NaN] = await inTurn(...previews);
    return { objects, without, empty, withPack };
  } finally {
    removeRunner();
  }
}

const repository = join(__dirname, "..");

/** What Pulumi needs for any policy pack, and no rule. */
function emptyPack(parent: string): string {
  const folder = join(parent, "empty-pack");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", version: "1.0.0", main: "index.js" }));
  writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime:\n  name: nodejs\n  options:\n    typescript: false\n");
  writeFileSync(
    join(folder, "index.js"),
    `
    require("node:module").enableCompileCache?.();
    const { PolicyPack } = require("@pulumi/policy");
    new PolicyPack("empty", { policies: [{ name: "nothing", description: "Nothing.", enforcementLevel: "advisory", validateResource: () => {}, validateStack: () => {} }] });
  `,
  );
  return folder;
}

/** Medians of measurements in turn, each after one that does not count. */
async function inTurn(...measure: readonly (() => Promise<number>)[]): Promise<readonly number[]> {
  const times: number[][] = [];
  for (let run = 0; run <= runs; run++) {
    const round: number[] = [];
    for (const each of measure) round.push(await each());
    if (run > 0) times.push(round);
  }
  return measure.map((_, index) => median(times.map((round) => round[index] ?? NaN)));
}

/** As many releases as it takes for so many objects. */
function countedReleases(least: number): { readonly objects: number; readonly releases: readonly ReleaseArgs[] } {
  const releases: ReleaseArgs[] = [];
  let objects = 0;
  while (objects < least) {
    const args = releaseArgs(releases.length);
    objects += describeRelease(args).objects.length;
    releases.push(args);
  }
  return { objects, releases };
}

/** What a team would write without the component: a resource for each object. */
function declarePlainly(args: ReleaseArgs): void {
  for (const { role, object } of describeRelease(args).objects) {
    const name = `${args.application}-${role}`;
    const plain = object as object;
    if (object.kind === "Service") new kubernetes.core.v1.Service(name, plain);
    else if (object.kind === "Ingress") new kubernetes.networking.v1.Ingress(name, plain);
    else if (object.kind === "PodDisruptionBudget") new kubernetes.policy.v1.PodDisruptionBudget(name, plain);
    else new kubernetes.apiextensions.CustomResource(name, object as kubernetes.apiextensions.CustomResourceArgs);
  }
}

/** A stack of its own for a program; each call of the result is one preview, in seconds, and counts what it saw. */
async function stackOf(
  name: string,
  engine: EngineOptions,
  declare: () => unknown,
  policyPacks: string[] = [],
): Promise<() => Promise<number>> {
  const directory = join(engine.directory, name);
  const { stack } = await createStack({ ...engine, directory, stack: name, program: async () => void declare() });
  return async () => {
    let created = 0;
    const onEvent = ({ summaryEvent }: EngineEvent) => (created += summaryEvent?.resourceChanges["create"] ?? 0);
    const started = performance.now();
    await stack.preview({ onEvent, suppressProgress: true, policyPacks });
    if (created === 0) throw new Error(`The preview of ${name} would create nothing.`);
    return (performance.now() - started) / 1000;
  };
}
