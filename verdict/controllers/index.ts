import type { ControllerName } from "../../release/settings";
import type { AwaitedRelease } from "../awaited";
import type { ClusterReader } from "../cluster";
import type { RunningRelease } from "../verdict";
import { rolloutReader, rolloutRelease } from "./argoRollouts";
import { canaryRelease, readCanary } from "./flagger";

type Reader = (awaited: AwaitedRelease, cluster: ClusterReader) => RunningRelease;

/** How the releases of each controller are read; nothing where nobody acts between two ups. */
const releases: Readonly<Record<ControllerName, Reader | undefined>> = {
  "argo-rollouts": (awaited, cluster) => rolloutRelease(awaited, rolloutReader(awaited, cluster)),
  flagger: (awaited, cluster) => canaryRelease(awaited, () => readCanary(awaited, cluster)),
  pulumi: undefined,
};

/** The release that is awaited, as its controller runs it. */
export function releaseOf(awaited: AwaitedRelease, cluster: ClusterReader): RunningRelease {
  const read = releases[awaited.controller];
  if (!read) throw new Error(`With controller ${awaited.controller} there is no verdict to read.`);
  return read(awaited, cluster);
}
