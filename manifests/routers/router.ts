import type { Step } from "../../release/plan";
import type { ControllerName, ReleaseSettings } from "../../release/settings";
import type { Described, OwnedField, WeightField } from "../description";
import { refused, type Refused, type RoutingFeature, type Support } from "../support";
import type { CanaryStrategy, HeaderRouteMatch } from "../types/argoRollouts";
import type { CanaryAnalysis, CanaryService } from "../types/flagger";

/** What splits the requests of a release. */
export interface Router {
  /** What whoever chooses it should know. */
  readonly notice?: string;
  /** For each controller, how it drives the router, or why it cannot. */
  readonly drivers: { readonly [Name in ControllerName]: Driver<Render[Name]> | Refused };
}

/** One controller's way of driving a router. */
export interface Driver<Render> {
  readonly supports: Readonly<Record<RoutingFeature, Support>>;
  /** The router's objects. Throws `Incompatible` for what it cannot split. */
  readonly render: Render;
}

/** What each controller asks a router for. */
interface Render {
  readonly "argo-rollouts": (settings: ReleaseSettings) => RenderedForArgoRollouts;
  readonly flagger: (settings: ReleaseSettings) => RenderedForFlagger;
  /** At a share of the requests, for which the canary's pods are ready. */
  readonly pulumi: (settings: ReleaseSettings, at: Share) => RenderedForPulumi;
}

/** What the canary gets of the requests, in percent: answered by it, or copied to it. */
export type Share = Pick<Step, "weight" | "mirror">;

/** What every driver renders. */
interface Rendered {
  readonly objects: readonly Described[];
  /** What whoever reviews the plan should know of how the release's wishes are met. */
  readonly notices?: readonly string[];
}

export interface RenderedForPulumi extends Rendered {
  /** The objects that change with the share; none where the share is that of the pods. */
  readonly weights: readonly Described[];
}

/** A router's objects, and what the Rollout is told of them. */
export interface RenderedForArgoRollouts extends Rendered {
  readonly owned: readonly OwnedField[];
  /** Nothing where the Rollout splits by the number of pods. */
  readonly traffic?: Pick<CanaryStrategy, "stableService" | "canaryService" | "trafficRouting">;
  /** What goes to the canary whatever the weight, where Argo Rollouts itself routes that while there is one. */
  readonly toCanary?: readonly HeaderRouteMatch[];
  readonly weight?: WeightField;
}

/** A router's objects that Flagger does not make itself, and what the Canary is told. */
export interface RenderedForFlagger extends Rendered {
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
