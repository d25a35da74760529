import type { Step } from "../../release/plan";
import type { ReleaseSettings } from "../../release/release";
import type { Described, OwnedField, WeightField } from "../description";
import { refused, type Meaning, type Refused, type RoutingFeature } from "../meaning";
import type { CanaryStrategy, HeaderRouteMatch } from "../types/argoRollouts";
import type { CanaryAnalysis, CanaryService } from "../types/flagger";

/** What splits the requests of a release, in each of the ways in which it can be driven. */
export interface Router {
  /** What whoever chooses it should know. */
  readonly notice?: string;
  readonly byArgoRollouts: Way<(settings: ReleaseSettings) => DrivenByArgoRollouts> | Refused;
  readonly byFlagger: Way<(settings: ReleaseSettings) => DrivenByFlagger> | Refused;
  /** At a share of the requests, for which the canary's pods are ready. */
  readonly byPulumi: Way<(settings: ReleaseSettings, at: Share) => DrivenByPulumi> | Refused;
}

/** One way of driving a router: what it can mean, and its objects. Throws `RefusedByPair` for what it cannot split. */
export interface Way<Drive> {
  readonly can: Readonly<Record<RoutingFeature, Meaning>>;
  readonly drive: Drive;
}

/** What the canary gets of the requests, in percent: answered by it, or copied to it. */
export type Share = Pick<Step, "weight" | "mirror">;

/** What every way of driving a router yields. */
interface Driven {
  readonly objects: readonly Described[];
  /** What whoever reviews the plan should know of how the release's wishes are met. */
  readonly notices?: readonly string[];
}

export interface DrivenByPulumi extends Driven {
  /** The objects that change with the share; none where the share is that of the pods. */
  readonly weights: readonly Described[];
}

/** A router's objects, and what the Rollout is told of them. */
export interface DrivenByArgoRollouts extends Driven {
  readonly owned: readonly OwnedField[];
  /** Nothing where the Rollout splits by the number of pods. */
  readonly traffic?: Pick<CanaryStrategy, "stableService" | "canaryService" | "trafficRouting">;
  /** What goes to the canary whatever the weight, where Argo Rollouts itself routes that while there is one. */
  readonly toCanary?: readonly HeaderRouteMatch[];
  readonly weight?: WeightField;
}

/** A router's objects that Flagger does not make itself, and what the Canary is told. */
export interface DrivenByFlagger extends Driven {
  /** Flagger's name for the router. */
  readonly provider: string;
  readonly ingressRef?: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly service: Partial<CanaryService>;
  readonly analysis?: Partial<CanaryAnalysis>;
  readonly weight: WeightField;
}

/** Why a segment that always gets the canary cannot be had with Flagger, which takes its pods away between releases. */
export const scaledToZero = refused(
  "between releases Flagger leaves the canary without pods, and its segments without answers",
);
