import { rolloutRelease } from "./argoRollouts";
import type { Awaited } from "./awaited";
import type { Cluster } from "./cluster";
import { canaryRelease } from "./flagger";
import type { Release } from "./verdict";

const releases: Readonly<Record<Awaited["controller"], (awaited: Awaited, cluster: Cluster) => Release>> = {
  "argo-rollouts": rolloutRelease,
  flagger: canaryRelease,
};

/** The release that is awaited, as its controller runs it. */
export function releaseOf(awaited: Awaited, cluster: Cluster): Release {
  return releases[awaited.controller](awaited, cluster);
}
