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
import { CannotAsk, explained, Unreachable } from "./apiErrors";
import type { AwaitedRelease } from "./awaited";
import { type AnalysisRun, type Canary, type CanaryObjects, type Event, hashLabel, type Rollout } from "./statuses";
import type { RolloutObjects } from "./controllers/argoRolloutsWayBack";

/** What this command reads of a cluster. Each call throws an `Unreachable`, or an error that no retry mends. */
export interface ClusterReader {
  rollout(): Promise<Rollout>;
  /** The AnalysisRuns of the version that the Rollout is about. */
  analysisRuns(rollout: Rollout): Promise<readonly AnalysisRun[]>;
  /** What an aborted release has to bring back. */
  objects(rollout: Rollout): Promise<RolloutObjects>;
  /** A release that Flagger runs. */
  canary(): Promise<CanaryObjects>;
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

/** Reads the awaited objects through the Kubernetes API. */
export function connect(config: KubeConfig, awaited: AwaitedRelease): ClusterReader {
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
      return await withinPatience(request, server);
    } catch (error) {
      throw explained(error, `${what} in namespace ${namespace}`, server, steering);
    }
  };
  const deployment = (name: string) =>
    read(`Deployment ${name}`, orNone(apps.readNamespacedDeployment({ namespace, name })));
  /** They only explain what the status says, so that a user who may not list them goes on without. */
  const events = async (name: string): Promise<readonly Event[]> => {
    const fieldSelector = `involvedObject.kind=Canary,involvedObject.name=${name}`;
    return withinPatience(core.listNamespacedEvent({ namespace, fieldSelector }), server).then(
      ({ items }) => items,
      () => [],
    );
  };
  const argo = (plural: string) => ({ group: "argoproj.io", version: "v1alpha1", namespace, plural });
  const service = async (name: string | undefined) =>
    name === undefined ? undefined : read(`Service ${name}`, orNone(core.readNamespacedService({ namespace, name })));
  const weightObject = async (): Promise<object | undefined> => {
    if (awaited.weight === undefined) return undefined;
    const { apiVersion, kind, name } = awaited.weight;
    return read(`${kind} ${name}`, orNone(any.read({ apiVersion, kind, metadata: { namespace, name } })));
  };

  return {
    rollout: async () => {
      const { name } = awaited;
      return (await read(
        `Rollout ${name}`,
        custom.getNamespacedCustomObject({ ...argo("rollouts"), name }),
      )) as Rollout;
    },
    analysisRuns: async (rollout) => {
      const labelSelector = `${hashLabel}=${rollout.status?.currentPodHash ?? ""}`;
      const list: unknown = await read(
        "the AnalysisRuns",
        custom.listNamespacedCustomObject({ ...argo("analysisruns"), labelSelector }),
      );
      return (list as { readonly items: readonly AnalysisRun[] }).items;
    },
    objects: async (rollout) => ({
      rollout,
      stableService: await service(awaited.stableService),
      canaryService: await service(awaited.canaryService),
      weightObject: await weightObject(),
      replicaSets: (await read("the ReplicaSets", apps.listNamespacedReplicaSet({ namespace }))).items,
    }),
    canary: async () => {
      const { name } = awaited;
      const found: unknown = await read(
        `Canary ${name}`,
        custom.getNamespacedCustomObject({
          group: "flagger.app",
          version: "v1beta1",
          plural: "canaries",
          namespace,
          name,
        }),
      );
      return {
        canary: found as Canary,
        target: await deployment(name),
        primary: await deployment(`${name}-primary`),
        weightObject: await weightObject(),
        events: await events(name),
      };
    },
  };
}

/** A request that takes longer than this, in seconds, counts as not answered. */
const patience = 10;

async function withinPatience<T>(request: Promise<T>, server: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Unreachable(`the API server ${server} does not answer within ${patience}s`)),
      patience * 1000,
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
