import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Described, Description, OwnedField, Role } from "../manifests/description";
import type { Passed } from "../release/settings";
import { keptFields, lostEditHooks, withDeclared } from "./lostEdits";

/**
 * What is declared of a description: its objects in the order in which they must exist, and the fields that a
 * controller writes.
 */
export type Declared = Pick<Description, "objects" | "owned">;

type KubernetesResource = new (
  name: string,
  args: object,
  opts?: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

const resources: Readonly<Record<string, KubernetesResource>> = {
  "v1/Secret": kubernetes.core.v1.Secret,
  "v1/Service": kubernetes.core.v1.Service,
  "apps/v1/Deployment": kubernetes.apps.v1.Deployment as KubernetesResource,
  "networking.k8s.io/v1/Ingress": kubernetes.networking.v1.Ingress,
  "policy/v1/PodDisruptionBudget": kubernetes.policy.v1.PodDisruptionBudget,
  "batch/v1/Job": kubernetes.batch.v1.Job as KubernetesResource,
  "rbac.authorization.k8s.io/v1/Role": kubernetes.rbac.v1.Role as KubernetesResource,
  "rbac.authorization.k8s.io/v1/RoleBinding": kubernetes.rbac.v1.RoleBinding as KubernetesResource,
  "autoscaling/v2/HorizontalPodAutoscaler": kubernetes.autoscaling.v2.HorizontalPodAutoscaler as KubernetesResource,
};

const customResource = kubernetes.apiextensions.CustomResource as KubernetesResource;

/** Declares objects as children of a component, each named `<name>-<role>` and after the one before it. */
export function declare(
  name: string,
  { objects, owned }: Declared,
  parent: pulumi.Resource,
  hooks: Partial<Record<Role, pulumi.ResourceHookBinding>> = {},
): pulumi.CustomResource[] {
  const [firstKept] = objects.flatMap(({ role }) => keptFields(role, owned));
  const lostEdits = firstKept ? lostEditHooks(`${name}-lost-edits`, firstKept.by) : [];
  return objects.reduce<pulumi.CustomResource[]>((before, { role, object, staysBehind = false }) => {
    const Resource = resources[`${object.apiVersion}/${object.kind}`] ?? customResource;
    const kept = keptFields(role, owned);
    const beforeUpdate = [...(hooks[role]?.beforeUpdate ?? []), ...(kept.length > 0 ? lostEdits : [])];
    const opts = {
      parent,
      dependsOn: before.slice(-1),
      retainOnDelete: staysBehind,
      ignoreChanges: ignoredFields(role, owned),
      hooks: { ...hooks[role], beforeUpdate },
    };
    return [...before, new Resource(`${name}-${role}`, withDeclared(object, kept), opts)];
  }, []);
}

/** What Pulumi ignores on an object: whole fields, since the provider protects no part of one. */
export function ignoredFields(role: Role, owned: readonly OwnedField[]): string[] {
  return owned.filter((field) => field.role === role).map(({ field }) => field);
}

/** Names of objects, by role. */
export function namesOf(objects: readonly Described[]): Partial<Record<Role, Passed<string>>> {
  return Object.fromEntries(objects.map(({ role, object }) => [role, object.metadata.name]));
}
