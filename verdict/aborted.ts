import { describe } from "../manifests/describe";
import type { ReleaseSettings } from "../release/release";
import { NotThere } from "./apiErrors";
import { verdict } from "./argoRollouts";
import { awaitedOf, type Awaited } from "./awaited";
import { connect, kubeConfig, type Cluster } from "./cluster";
import { attemptAnnotation } from "../manifests/workload";
import { hashLabel, type PodTemplate, type ReplicaSet, type Rollout } from "./objects";
import * as words from "./words";

/** What a stack wants to release: an image, and which attempt at it this is, counted from 1. */
export interface Wanted {
  readonly image: string;
  readonly attempt: number;
}

/**
 * Asks the cluster whether it aborted just this release before: the refusal, or nothing. `env` names the cluster as for
 * the command that waits. Throws where the cluster cannot be asked; what is known only later is not asked for, nor where no controller aborts.
 */
export async function refusalOfAborted(settings: ReleaseSettings, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { controller, image, namespace, attempt } = settings;
  if (controller !== "argo-rollouts" || typeof image !== "string" || typeof namespace !== "string") return undefined;
  const awaited = { ...awaitedOf(settings, describe(settings)), namespace };
  try {
    return await abortedBefore({ image, attempt }, awaited, connect(kubeConfig(env), awaited));
  } catch (error) {
    if (error instanceof NotThere) return undefined;
    throw error;
  }
}

/**
 * Why the cluster's last abort stands against releasing what is wanted, or nothing. After an abort the Rollout still
 * names the aborted version: applying the same again would change nothing, or try it again with nobody having said so.
 */
export async function abortedBefore(wanted: Wanted, awaited: Awaited, cluster: Cluster): Promise<string | undefined> {
  const rollout = await cluster.rollout();
  const found = verdict(rollout, await cluster.analysisRuns(rollout), awaited);
  if (found.is !== "aborted" || !isSame(wanted, rollout)) return undefined;
  const { replicaSets } = await cluster.objects(rollout);
  return words.abortedBefore(found, wanted, stableImage(rollout, replicaSets));
}

function isSame({ image, attempt }: Wanted, { spec }: Rollout): boolean {
  return imageOf(spec.template) === image && Number(spec.template?.metadata?.annotations?.[attemptAnnotation] ?? 1) === attempt;
}

function stableImage({ status }: Rollout, replicaSets: readonly ReplicaSet[]): string | undefined {
  const stable = replicaSets.find(({ metadata }) => metadata?.labels?.[hashLabel] === status?.stableRS && status?.stableRS);
  return imageOf(stable?.spec?.template);
}

const imageOf = (template: PodTemplate | undefined) => template?.spec?.containers?.[0]?.image;
