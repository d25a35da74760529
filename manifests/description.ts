import type { ControllerName } from "../release/settings";
import type { Schedule } from "../release/promise/worstCase";
import type { Metric } from "../release/metrics/metrics";
import type { KubernetesObject } from "./types/kubernetes";

/** What an object is for in a release; its resource is named after it. */
export type Role =
  | "disruption-budget"
  | "service"
  | "stable-service"
  | "canary-service"
  | "ingress"
  | "canary-ingress"
  | "virtual-service"
  | "weights"
  | "destination-rule"
  | "http-route"
  | "segments-route"
  | "traefik-service"
  | "ingress-route"
  | "analysis"
  | "smoke-test"
  | "first-deploy-test"
  | "rollout"
  | "stable-deployment"
  | "canary-deployment"
  | "autoscaler"
  | "canary-autoscaler"
  | "target-deployment"
  | `metric-${string}`
  | "gate-role"
  | "gate-role-binding"
  | "canary";

export interface Described {
  readonly role: Role;
  readonly object: KubernetesObject;
}

/**
 * A field that a controller or an autoscaler writes into an object that we declare, and that Pulumi therefore leaves
 * alone.
 */
export interface OwnedField {
  readonly role: Role;
  readonly field: string;
  readonly by: ControllerName | "autoscaler";
}

/**
 * The step that each `pulumi up` moves by one: an annotation of the first object, so that a refused move changes
 * nothing else.
 */
export interface StepMoves {
  readonly role: Role;
  readonly annotation: string;
  /** The step at which the stable version runs the new image. */
  readonly promoted: number;
  /** The objects that give the canary its share; none where its pods have it as soon as they are ready. */
  readonly weights: readonly Role[];
}

/**
 * Where the canary's weight is while a controller moves it: an object, and the keys and positions that lead to a number
 * in it.
 */
export interface WeightField {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly path: readonly (string | number)[];
}

/** What a release is on Kubernetes. */
export interface Description {
  /** In the order in which they must exist. */
  readonly objects: readonly Described[];
  readonly owned: readonly OwnedField[];
  /** Nothing where the share is that of the pods. */
  readonly weight?: WeightField;
  /** Nothing where a controller moves the steps. */
  readonly moves?: StepMoves;
  /** When the controller measures and how soon it acts; nothing where nobody does between two ups. */
  readonly schedule?: Schedule;
  /** What whoever reviews the plan should know of the choices. */
  readonly notices: readonly string[];
  /** What the canary is judged by, under the labels that tell its requests apart. */
  readonly metrics: readonly Metric[];
}
