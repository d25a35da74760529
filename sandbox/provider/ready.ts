import type { ApiClient, ObjectRef } from "./client";
import { isObject, numberAt, objectAt, objectsAt, textAt, type Properties } from "./values";

/** Seconds that an object has to become ready where the resource sets no timeout of its own. */
export const readyTimeout = 600;

/** What is still missing before an object does its work; empty where it is ready, or its kind is not waited for. */
export async function missing(client: ApiClient, ref: ObjectRef, object: Properties): Promise<readonly string[]> {
  const group = ref.apiVersion.includes("/") ? ref.apiVersion.replace(/\/.*/, "") : "";
  switch (`${group}/${ref.kind}`) {
    case "apps/Deployment":
      return missingOfDeployment(object);
    case "/Service":
      return missingOfService(
        object,
        await client.list(
          "discovery.k8s.io/v1",
          "endpointslices",
          ref.namespace,
          `kubernetes.io/service-name=${ref.name}`,
        ),
      );
    case "networking.k8s.io/Ingress":
      return hasAddress(object)
        ? []
        : ["the Ingress has no address in .status.loadBalancer: no controller has published it"];
    case "batch/Job":
      return missingOfJob(object);
    case "apiextensions.k8s.io/CustomResourceDefinition":
      return condition(object, "Established")?.["status"] === "True" ? [] : ["the definition is not established"];
    default:
      return [];
  }
}

function condition(object: Properties, type: string): Properties | undefined {
  return objectsAt(objectAt(object, "status"), "conditions").find((entry) => entry["type"] === type);
}

/** A Deployment is ready when the pods of its newest template alone are there, and available. */
export function missingOfDeployment(object: Properties): readonly string[] {
  const status = objectAt(object, "status");
  const { replicas: wanted = 1 } = objectAt(object, "spec");
  if (numberAt(status, "observedGeneration") < numberAt(objectAt(object, "metadata"), "generation")) {
    return ["the Deployment's controller has not seen the newest version"];
  }
  const [updated, available, all] = ["updatedReplicas", "availableReplicas", "replicas"].map((key) =>
    numberAt(status, key),
  );
  const progress = condition(object, "Progressing");
  return [
    ...(updated === wanted ? [] : [`${updated} of ${String(wanted)} pods have the newest template`]),
    ...(all === updated ? [] : [`${Number(all) - Number(updated)} pods of an older template are still there`]),
    ...(available === wanted ? [] : [`${available} of ${String(wanted)} pods are available`]),
    ...(progress?.["reason"] === "ProgressDeadlineExceeded"
      ? [textAt(progress, "message") ?? "its progress deadline is over"]
      : []),
  ];
}

/** A Service is ready when every endpoint is, and there is one; without a selector, or headless and empty, at once. */
export function missingOfService(object: Properties, slices: readonly Properties[]): readonly string[] {
  const spec = objectAt(object, "spec");
  if (spec["type"] === "LoadBalancer" && !hasAddress(object)) return ["the load balancer has no address"];
  if (spec["type"] === "ExternalName" || Object.keys(objectAt(spec, "selector")).length === 0) return [];
  const endpoints = slices.flatMap((slice) => objectsAt(slice, "endpoints"));
  if (endpoints.length === 0 && spec["clusterIP"] !== "None") return ["no pod matches the Service's selector"];
  const notReady = endpoints.filter((endpoint) => objectAt(endpoint, "conditions")["ready"] === false).length;
  return notReady === 0 ? [] : [`${notReady} of ${endpoints.length} endpoints are not ready`];
}

function missingOfJob(object: Properties): readonly string[] {
  if (condition(object, "Complete")?.["status"] === "True") return [];
  return [
    hasFailed(object)
      ? `the Job failed: ${textAt(condition(object, "Failed") ?? {}, "message")}`
      : "the Job is not complete",
  ];
}

/** Whether an object will never become ready: a Job that failed is not tried again. */
export function hasFailed(object: Properties): boolean {
  return textAt(object, "kind") === "Job" && condition(object, "Failed")?.["status"] === "True";
}

function hasAddress(object: Properties): boolean {
  const ingress = objectsAt(objectAt(objectAt(object, "status"), "loadBalancer"), "ingress");
  return ingress.some((entry) => isObject(entry));
}
