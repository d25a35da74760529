import type { ReleaseSettings } from "../../release/release";
import type { Described, OwnedField } from "../description";
import type { TrafficRouting } from "../types/argoRollouts";

/** What splits the requests of a release, in each of the ways in which it can be driven. */
export interface Router {
  readonly byArgoRollouts: (settings: ReleaseSettings) => DrivenByArgoRollouts;
}

/** A router's objects, and what the Rollout is told of them. */
export interface DrivenByArgoRollouts {
  readonly objects: readonly Described[];
  readonly trafficRouting: TrafficRouting;
  readonly owned: readonly OwnedField[];
}
