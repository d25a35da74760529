import type { ControllerName } from "../release/settings";
import type { ControllerJudgement } from "../release/promise/promise";
import type { Metric } from "../release/metrics/metrics";
import type { KubernetesObject } from "./types/kubernetes";

/** The part of a release that an object belongs to. */
export type ReleasePart = "routing" | "judgement" | "workload";

/** What an object is for in a release, and the part that it belongs to. Its resource is named after its role. */
const parts = {
  "disruption-budget": "workload",
  environment: "workload",
  "stable-deployment": "workload",
  "canary-deployment": "workload",
  "target-deployment": "workload",
  rollout: "workload",
  canary: "workload",
  autoscaler: "workload",
  "canary-autoscaler": "workload",
  "first-deploy-test": "workload",
  service: "routing",
  "stable-service": "routing",
  "canary-service": "routing",
  ingress: "routing",
  "canary-ingress": "routing",
  "virtual-service": "routing",
  weights: "routing",
  "destination-rule": "routing",
  "http-route": "routing",
  "segments-route": "routing",
  "traefik-service": "routing",
  "ingress-route": "routing",
  analysis: "judgement",
  "smoke-test": "judgement",
  "gate-role": "judgement",
  "gate-role-binding": "judgement",
} as const satisfies Readonly<Record<string, ReleasePart>>;

export type Role = keyof typeof parts | MetricRole;
/** What one metric is measured by, where each has an object of its own. */
type MetricRole = `metric-${string}`;

export function partOf(role: Role): ReleasePart {
  return role in parts ? parts[role as Exclude<Role, MetricRole>] : "judgement";
}

export interface Described {
  readonly role: Role;
  readonly object: KubernetesObject;
  /** That it stays in the cluster when another one takes its place, or the stack is destroyed. */
  readonly staysBehind?: true;
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
 * The step that each `pulumi up` moves by one, in an annotation of the first object, so that a refused move changes
 * nothing else.
 */
export interface StepMoves {
  readonly role: Role;
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
export interface Description extends ControllerJudgement {
  /** In the order in which they must exist. */
  readonly objects: readonly Described[];
  readonly owned: readonly OwnedField[];
  /** Nothing where the share is that of the pods. */
  readonly weight?: WeightField;
  /** Nothing where a controller moves the steps. */
  readonly moves?: StepMoves;
  /** What whoever reviews the plan should know of the choices. */
  readonly notices: readonly string[];
  /** What the canary is judged by, under the labels that tell its requests apart. */
  readonly metrics: readonly Metric[];
}
