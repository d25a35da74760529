import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { stepAnnotation } from "../manifests/annotations";
import type { DescribedRelease } from "../manifests/describe";
import type { Role, StepMoves } from "../manifests/description";
import { lags } from "../release/promise/promise";
import type { ReleaseSettings } from "../release/settings";
import { smokeTestQuestion } from "../manifests/smokeTest";
import { failing } from "./measureNow";
import { smokeTested } from "./askWebhook";

type Hooks = Partial<Record<Role, pulumi.ResourceHookBinding>>;
type Inputs = Record<string, unknown> | undefined;

/**
 * Hooks that refuse, in a preview too, what no careful person would apply; and a raise while the canary's metrics fail,
 * in an up. Pulumi's mocks take no hooks, and wait for them for ever.
 */
export function moveHooks(name: string, { settings, moves, metrics }: DescribedRelease): Hooks {
  if (!moves || !pulumi.runtime.getEngine()) return {};
  const oneStep = new pulumi.ResourceHook(
    `${name}-one-step-at-a-time`,
    ({ oldInputs, newInputs }) => refuseSkip(stepIn(oldInputs), stepIn(newInputs), moves),
    { onDryRun: true },
  );
  const sameStable = new pulumi.ResourceHook(
    `${name}-same-stable-version`,
    ({ oldInputs, newInputs }) => refuseAnother(imageIn(oldInputs), imageIn(newInputs), settings.step, moves),
    { onDryRun: true },
  );
  const judged = new pulumi.ResourceHook(`${name}-judged-before-a-raise`, async ({ oldInputs, newInputs }) => {
    const [from, to] = [stepIn(oldInputs), stepIn(newInputs)];
    if (from === 0 || to !== from + 1) return;
    const why = await failing(metrics, settings);
    if (why.length > 0)
      throw new Error(
        `canary:step = ${to}: the canary at step ${from} does not keep its thresholds: ${why.join("; ")}; accepted: 0, which takes it back, or ${from}`,
      );
  });
  return {
    [moves.role]: { beforeCreate: [oneStep], beforeUpdate: [oneStep, judged] },
    "stable-deployment": { beforeUpdate: [sameStable] },
    ...testHooks(name, settings, moves),
    ...settlingHooks(name, settings, moves),
  };
}

/** After the last share of a canary is taken away, before its pods are: the router may forget pods before weights. */
function settlingHooks(name: string, { step }: ReleaseSettings, { weights, promoted }: StepMoves): Hooks {
  if (step !== 0 && step !== promoted) return {};
  const settled = new pulumi.ResourceHook(`${name}-router-settled`, () => sleep(lags.router * 1000));
  return Object.fromEntries(weights.map((role) => [role, { afterUpdate: [settled] }]));
}

/** Before the canary's first share, when its pods are ready. */
function testHooks(name: string, settings: ReleaseSettings, { weights }: StepMoves): Hooks {
  const { smokeTest, step, namespace } = settings;
  if (smokeTest.webhook === "" || step !== 1) return {};
  let passed: Promise<void> | undefined;
  const tested = new pulumi.ResourceHook(
    `${name}-smoke-tested`,
    () => (passed ??= smokeTested(smokeTest, smokeTestQuestion(settings, "canary", String(namespace)))),
  );
  return Object.fromEntries(weights.map((role) => [role, { beforeCreate: [tested], beforeUpdate: [tested] }]));
}

/** A canary begins at step 1, rises by one and is taken back at once; after its promotion the next one may begin. */
export function refuseSkip(from: number, to: number, { promoted }: Pick<StepMoves, "promoted">): void {
  const begins = from === 0 || from === promoted;
  const accepted = begins ? [0, 1, ...(from === promoted ? [promoted] : [])] : [0, from, from + 1];
  if (accepted.includes(to)) return;
  throw new Error(
    `canary:step = ${to}: the release is at step ${from}, and goes on one step at a time or back to 0; accepted: ${accepted.join(", ")}`,
  );
}

/** The stable version changes by a promotion only; a new image begins as a canary beside the one that runs. */
export function refuseAnother(
  runs: string | undefined,
  wanted: string | undefined,
  step: number,
  { promoted }: Pick<StepMoves, "promoted">,
): void {
  if (step === promoted || runs === undefined || wanted === undefined || runs === wanted) return;
  throw new Error(
    `canary:stableImage = "${wanted}": the stable version is ${runs}, and a new image begins as a canary; accepted: canary:stableImage = "${runs}", with the new image and canary:step = 1`,
  );
}

function stepIn(inputs: Inputs): number {
  const metadata = inputs?.["metadata"] as { annotations?: Record<string, string> } | undefined;
  return Number(metadata?.annotations?.[stepAnnotation] ?? 0);
}

function imageIn(inputs: Inputs): string | undefined {
  const spec = inputs?.["spec"] as { template?: { spec?: { containers?: { image?: unknown }[] } } } | undefined;
  const image = spec?.template?.spec?.containers?.[0]?.image;
  return typeof image === "string" ? image : undefined;
}
