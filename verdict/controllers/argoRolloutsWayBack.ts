import type { AwaitedRelease } from "../awaited";
import { hashLabel, type ReplicaSet, type Rollout, type Service } from "../statuses";

/** The objects that an aborted release has to bring back; undefined for one that is not there. */
export interface RolloutObjects {
  readonly rollout: Rollout;
  readonly stableService: Service | undefined;
  readonly canaryService: Service | undefined;
  /** The object that holds the canary's weight. */
  readonly weightObject: object | undefined;
  readonly replicaSets: readonly ReplicaSet[];
}

/**
 * What is not yet as the stable version demands, a sentence each; both lists are empty when the way back is complete.
 */
export interface WayBack {
  /** What decides who gets the requests: back within seconds. */
  readonly traffic: readonly string[];
  /** The pods behind it: the canary's go after `scaleDownSeconds`. */
  readonly pods: readonly string[];
}

/**
 * Compares an aborted release with what the stable version demands. The canary Service's selector changes to and fro
 * while the canary's pods are there: the controller sets it for both at each turn. At weight 0 nobody is sent there.
 */
export function wayBack(objects: RolloutObjects, awaited: AwaitedRelease): WayBack {
  const stable = objects.rollout.status?.stableRS ?? "";
  return {
    traffic: [
      ...weight(objects.rollout, awaited),
      ...weightField(objects, awaited),
      ...selector(awaited.canaryService, objects.canaryService, stable),
      ...selector(awaited.stableService, objects.stableService, stable),
    ],
    pods: [...stablePods(objects, stable), ...(awaited.scaleDownSeconds === 0 ? [] : canaryPods(objects, stable))],
  };
}

function weight({ status }: Rollout, { name }: AwaitedRelease): string[] {
  const is = status?.canary?.weights?.canary.weight ?? 0;
  return is === 0 ? [] : [`Rollout ${name}: status.canary.weights.canary.weight is ${is}, should be 0`];
}

/** A canary Ingress is made by the controller, and without one there is no weight; every other object is declared. */
function weightField({ weightObject }: RolloutObjects, { weight }: AwaitedRelease): string[] {
  if (weight === undefined || (weightObject === undefined && weight.kind === "Ingress")) return [];
  return weightIn(weightObject, weight);
}

/** What is wrong with the weight in an object; `unset` if it may be missing there. */
export function weightIn(
  weightObject: object | undefined,
  weight: NonNullable<AwaitedRelease["weight"]>,
  unset?: "may be unset",
): string[] {
  const where = `${weight.kind} ${weight.name}: ${pathInWords(weight.path)}`;
  const is = weight.path.reduce<unknown>(
    (at, key) => (at as Record<string | number, unknown> | undefined)?.[key],
    weightObject,
  );
  if (is === 0 || is === "0" || (is === undefined && weightObject !== undefined && unset)) return [];
  return [`${where} is ${is === undefined ? "not set" : String(is)}, should be 0`];
}

function pathInWords(path: readonly (string | number)[]): string {
  const plain = /^[\w-]+$/;
  return path
    .map((key, index) => (typeof key === "number" || !plain.test(key) ? `[${key}]` : `${index === 0 ? "" : "."}${key}`))
    .join("");
}

function selector(name: string | undefined, service: Service | undefined, stable: string): string[] {
  if (name === undefined) return [];
  if (service === undefined)
    return [`Service ${name}: is not there, should select the stable pods (${hashLabel}: ${stable})`];
  const is = service.spec?.selector?.[hashLabel];
  return is === stable
    ? []
    : [`Service ${name}: spec.selector.${hashLabel} is ${is ?? "not set"}, should be ${stable}`];
}

const hashOf = ({ metadata }: ReplicaSet) => metadata?.labels?.[hashLabel];

const ownedBy = (rollout: Rollout) => (set: ReplicaSet) =>
  set.metadata?.ownerReferences?.some(({ uid }) => uid === rollout.metadata.uid) ?? false;

function stablePods({ rollout, replicaSets }: RolloutObjects, stable: string): string[] {
  const wanted = rollout.spec.replicas ?? 1;
  const set = replicaSets.filter(ownedBy(rollout)).find((each) => hashOf(each) === stable);
  if (set === undefined)
    return [`stable ReplicaSet (${hashLabel}: ${stable}): is not there, should have ${wanted} available replicas`];
  const is = set.status?.availableReplicas ?? 0;
  return is >= wanted
    ? []
    : [`stable ReplicaSet ${set.metadata?.name}: status.availableReplicas is ${is}, should be ${wanted}`];
}

function canaryPods({ rollout, replicaSets }: RolloutObjects, stable: string): string[] {
  return replicaSets
    .filter(ownedBy(rollout))
    .filter((set) => hashOf(set) !== stable && (set.spec?.replicas ?? 1) > 0)
    .map((set) => `canary ReplicaSet ${set.metadata?.name}: spec.replicas is ${set.spec?.replicas ?? 1}, should be 0`);
}
