import { existsSync } from "node:fs";
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
} from "@kubernetes/client-node";
import { steeringOf } from "../manifests/controllers";
import type { ResourceKind } from "../manifests/controllers/controller";
import { CannotAsk, explained, Unreachable } from "./apiErrors";
import type { AwaitedRelease } from "./awaited";
import type { Deployment, Event, ReplicaSet, Service } from "./types/kubernetes";

/**
 * What this command reads of a cluster, in the release's namespace; undefined for what may be missing and is not there.
 * Each call throws an `Unreachable`, or an error that no retry mends.
 */
export interface ClusterReader {
  /** A controller's object, which must be there. The caller says which fields it reads of it. */
  resource<Live>(of: ResourceKind, name: string): Promise<Live>;
  resources<Live>(of: ResourceKind, labelSelector: string): Promise<readonly Live[]>;
  /** What was said of such an object. None where they cannot be read: they only explain what the status says. */
  events(of: ResourceKind, name: string): Promise<readonly Event[]>;
  deployment(name: string): Promise<Deployment | undefined>;
  service(name: string): Promise<Service | undefined>;
  replicaSets(): Promise<readonly ReplicaSet[]>;
  /** The object that holds the canary's weight; undefined too where the pods are the split. */
  weightObject(): Promise<object | undefined>;
}

/**
 * Where a cluster is: a kubeconfig, as a path or its contents, and a context of it; kubectl's own where they are left
 * out.
 */
export interface ClusterAddress {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

/** Finds a cluster. Throws `CannotAsk`, which never shows what the kubeconfig holds. */
export function kubeConfig({ kubeconfig = "", context = "" }: ClusterAddress): KubeConfig {
  const config = loaded(kubeconfig);
  const known = config.getContexts().map(({ name }) => name);
  if (context !== "" && !known.includes(context))
    throw new CannotAsk(`the kubeconfig has no context "${context}"; accepted: ${known.join(", ")}`);
  if (context !== "") config.setCurrentContext(context);
  return config;
}

function loaded(kubeconfig: string): KubeConfig {
  const config = new KubeConfig();
  const what = kubeconfig === "" ? "what kubectl uses as its kubeconfig" : "the kubeconfig";
  try {
    if (kubeconfig === "") config.loadFromDefault();
    else if (existsSync(kubeconfig)) config.loadFromFile(kubeconfig);
    else config.loadFromString(kubeconfig);
  } catch {
    // What the parser says of it may show a part of it.
    throw new CannotAsk(`${what} is not one; accepted: the path of a kubeconfig, or its contents`);
  }
  if (config.getContexts().length > 0) return config;
  throw new CannotAsk(`${what} has no contexts; accepted: the path of a kubeconfig, or its contents`);
}

/** Reads the awaited objects through the Kubernetes API. A request that takes longer than the patience has failed. */
export function connect(config: KubeConfig, awaited: AwaitedRelease, patienceSeconds = 10): ClusterReader {
  const { namespace } = awaited;
  const steering = steeringOf(awaited.controller);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined)
    throw new CannotAsk(
      "the kubeconfig has no current context; accepted: one that kubectl config use-context sets, or a context by name",
    );
  const custom = config.makeApiClient(CustomObjectsApi);
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const any = KubernetesObjectApi.makeApiClient(config);

  const read = async <T>(what: string, request: Promise<T>): Promise<T> => {
    try {
      return await withinPatience(request, server, patienceSeconds);
    } catch (error) {
      throw explained(error, `${what} in namespace ${namespace}`, server, steering);
    }
  };
  const pathOf = ({ apiVersion, plural }: ResourceKind) => {
    const [group = "", version = ""] = apiVersion.split("/");
    return { group, version, namespace, plural };
  };

  return {
    resource: async <Live>(of: ResourceKind, name: string) =>
      (await read(`${of.kind} ${name}`, custom.getNamespacedCustomObject({ ...pathOf(of), name }))) as Live,
    resources: async <Live>(of: ResourceKind, labelSelector: string) => {
      const list: unknown = await read(
        `the ${of.kind}s`,
        custom.listNamespacedCustomObject({ ...pathOf(of), labelSelector }),
      );
      return (list as { readonly items: readonly Live[] }).items;
    },
    events: async ({ kind }, name) => {
      const fieldSelector = `involvedObject.kind=${kind},involvedObject.name=${name}`;
      return withinPatience(core.listNamespacedEvent({ namespace, fieldSelector }), server, patienceSeconds).then(
        ({ items }) => items,
        () => [],
      );
    },
    deployment: (name) => read(`Deployment ${name}`, orNone(apps.readNamespacedDeployment({ namespace, name }))),
    service: (name) => read(`Service ${name}`, orNone(core.readNamespacedService({ namespace, name }))),
    replicaSets: async () => (await read("the ReplicaSets", apps.listNamespacedReplicaSet({ namespace }))).items,
    weightObject: async () => {
      if (awaited.weight === undefined) return undefined;
      const { apiVersion, kind, name } = awaited.weight;
      return read(`${kind} ${name}`, orNone(any.read({ apiVersion, kind, metadata: { namespace, name } })));
    },
  };
}

async function withinPatience<T>(request: Promise<T>, server: string, seconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Unreachable(`the API server ${server} does not answer within ${seconds}s`)),
      seconds * 1000,
    );
  });
  return Promise.race([request, tooLate]).finally(() => clearTimeout(timer));
}

async function orNone<T>(request: Promise<T>): Promise<T | undefined> {
  return request.catch((error: unknown) => {
    if (error instanceof ApiException && error.code === 404) return undefined;
    throw error;
  });
}
