import { rolloutRelease } from "./argoRollouts";
import type { AwaitedRelease } from "../awaited";
import type { ClusterReader } from "../cluster";
import { canaryRelease } from "./flagger";
import type { RunningRelease } from "../verdict";

const releases: Readonly<
  Record<AwaitedRelease["controller"], (awaited: AwaitedRelease, cluster: ClusterReader) => RunningRelease>
> = {
  "argo-rollouts": rolloutRelease,
  flagger: canaryRelease,
};

/** The release that is awaited, as its controller runs it. */
export function releaseOf(awaited: AwaitedRelease, cluster: ClusterReader): RunningRelease {
  return releases[awaited.controller](awaited, cluster);
}
