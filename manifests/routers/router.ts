import type { ReleaseSettings } from "../../release/release";
import type { Described, OwnedField, WeightField } from "../description";
import type { CanaryStrategy } from "../types/argoRollouts";

/** What splits the requests of a release, in each of the ways in which it can be driven. Throws `RefusedRelease` for what it cannot split. */
export interface Router {
  /** What whoever chooses it should know. */
  readonly notice?: string;
  readonly byArgoRollouts: (settings: ReleaseSettings) => DrivenByArgoRollouts;
  /** With the canary's weight in percent, which is in one object of its own. */
  readonly byPulumi: (settings: ReleaseSettings, weight: number) => DrivenByPulumi;
}

/** A router's objects, at a weight. */
export interface DrivenByPulumi {
  readonly objects: readonly Described[];
  /** The object that holds the weight; nothing where the share is that of the pods. */
  readonly weights?: Described;
}

/** A router's objects, and what the Rollout is told of them. */
export interface DrivenByArgoRollouts {
  readonly objects: readonly Described[];
  readonly owned: readonly OwnedField[];
  /** Nothing where the Rollout splits by the number of pods. */
  readonly traffic?: Pick<CanaryStrategy, "stableService" | "canaryService" | "trafficRouting">;
  readonly weight?: WeightField;
}
