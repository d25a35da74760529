import * as kubernetes from "@pulumi/kubernetes";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { join } from "node:path";
import { CanaryRelease } from "../components";
import { describe } from "../manifests/describe";
import { releaseSettings, type ReleaseArgs } from "../release/release";
import { createStack, type EngineOptions } from "../sandbox/engine";

const runs = 5;

export interface PreviewTimes {
  readonly releases: number;
  /** Medians in seconds. */
  readonly ours: number;
  readonly plain: number;
}

/** Times previews of so many releases, as CanaryRelease components and as the same objects declared one by one, in turn. */
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
  const seconds: { ours: number[]; plain: number[] } = { ours: [], plain: [] };
  await ours();
  await plain();
  for (let run = 0; run < runs; run++) {
    seconds.ours.push(await ours());
    seconds.plain.push(await plain());
  }
  return { releases, ours: median(seconds.ours), plain: median(seconds.plain) };
}

/** What a team would write without the component: a resource for each object. */
function declarePlainly(args: ReleaseArgs): void {
  for (const { role, object } of describe(releaseSettings(args)).objects) {
    const name = `${args.application}-${role}`;
    const plain = object as object;
    if (object.kind === "Service") new kubernetes.core.v1.Service(name, plain);
    else if (object.kind === "Ingress") new kubernetes.networking.v1.Ingress(name, plain);
    else if (object.kind === "PodDisruptionBudget") new kubernetes.policy.v1.PodDisruptionBudget(name, plain);
    else new kubernetes.apiextensions.CustomResource(name, object as kubernetes.apiextensions.CustomResourceArgs);
  }
}

/** A stack of its own for a program; each call of the result is one preview, in seconds, and counts what it saw. */
async function stackOf(name: string, engine: EngineOptions, declare: () => void): Promise<() => Promise<number>> {
  const directory = join(engine.directory, name);
  const { stack } = await createStack({ ...engine, directory, stack: name, program: async () => declare() });
  return async () => {
    let created = 0;
    const onEvent = ({ summaryEvent }: EngineEvent) => (created += summaryEvent?.resourceChanges["create"] ?? 0);
    const started = performance.now();
    await stack.preview({ onEvent, suppressProgress: true });
    if (created === 0) throw new Error(`The preview of ${name} would create nothing.`);
    return (performance.now() - started) / 1000;
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
