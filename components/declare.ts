import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Described, OwnedField, Role } from "../manifests/description";

/** The objects of one part of a release, and what is known of all of them. */
export interface PartArgs {
  /** Objects to declare, in the order in which they must exist. */
  readonly objects: readonly Described[];
  /** Fields that a controller writes, which Pulumi leaves alone. */
  readonly owned: readonly OwnedField[];
}

type KubernetesResource = new (name: string, args: object, opts?: pulumi.CustomResourceOptions) => pulumi.CustomResource;

const resources: Readonly<Record<string, KubernetesResource>> = {
  "v1/Service": kubernetes.core.v1.Service,
  "networking.k8s.io/v1/Ingress": kubernetes.networking.v1.Ingress,
  "policy/v1/PodDisruptionBudget": kubernetes.policy.v1.PodDisruptionBudget,
};

const customResource = kubernetes.apiextensions.CustomResource as KubernetesResource;

/** Declares the objects of a part as children of it, each named `<name>-<role>` and after the one before it. */
export function declare(name: string, { objects, owned }: PartArgs, parent: pulumi.Resource): pulumi.CustomResource[] {
  return objects.reduce<pulumi.CustomResource[]>((before, { role, object }) => {
    const Resource = resources[`${object.apiVersion}/${object.kind}`] ?? customResource;
    const opts = { parent, dependsOn: before.slice(-1), ignoreChanges: ignoredFields(role, owned) };
    return [...before, new Resource(`${name}-${role}`, object, opts)];
  }, []);
}

/** What Pulumi ignores on an object: whole fields, since the provider protects no part of one. */
export function ignoredFields(role: Role, owned: readonly OwnedField[]): string[] {
  return owned.filter((field) => field.role === role).map(({ field }) => field);
}
