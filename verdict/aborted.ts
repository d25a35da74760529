import { controllers } from "../manifests/controllers";
import type { DescribedRelease } from "../manifests/describe";
import { NotThere } from "./apiErrors";
import { awaitedOf } from "./awaited";
import { connect, kubeConfig, type ClusterAddress } from "./cluster";
import { attemptAnnotation } from "../manifests/annotations";
import { releaseOf } from "./controllers";
import type { LivePodTemplate } from "./types/kubernetes";
import type { RunningRelease } from "./verdict";
import * as words from "./words";

/** What a stack wants to release: an image, and which attempt at it this is, counted from 1. */
export interface Wanted {
  readonly image: string;
  readonly attempt: number;
}

/**
 * Asks the cluster whether it aborted just this release before: the refusal, or nothing. Throws `CannotAsk` where the
 * cluster cannot be asked; what is known only later is not asked for, nor where no controller aborts.
 */
export async function refusalOfAborted(release: DescribedRelease, where: ClusterAddress): Promise<string | undefined> {
  const { controller, image, namespace, attempt } = release.settings;
  if (!controllers[controller].steering || typeof image !== "string" || typeof namespace !== "string") return undefined;
  const awaited = { ...awaitedOf(release), namespace };
  try {
    return await abortedBefore({ image, attempt }, releaseOf(awaited, connect(kubeConfig(where), awaited)));
  } catch (error) {
    if (error instanceof NotThere) return undefined;
    throw error;
  }
}

/**
 * Why the cluster's last abort stands against releasing what is wanted, or nothing. After an abort the cluster still
 * names the aborted version: applying the same again would change nothing, or try it again with nobody having said so.
 */
export async function abortedBefore(wanted: Wanted, release: RunningRelease): Promise<string | undefined> {
  const found = await release.verdict();
  if (found.is !== "aborted") return undefined;
  const { asked, runs } = await release.versions();
  return isSame(wanted, asked) ? words.abortedBefore(found, wanted, imageOf(runs)) : undefined;
}

function isSame({ image, attempt }: Wanted, asked: LivePodTemplate | undefined): boolean {
  return imageOf(asked) === image && Number(asked?.metadata?.annotations?.[attemptAnnotation] ?? 1) === attempt;
}

const imageOf = (template: LivePodTemplate | undefined) => template?.spec?.containers?.[0]?.image;
