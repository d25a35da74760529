import { steeringOf } from "../../manifests/controllers";
import {
  ApiException,
  AuthorizationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  NetworkingV1Api,
  VersionApi,
  type KubernetesObject,
} from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { explained, Unreachable } from "../../verdict/apiErrors";

const patienceSeconds = 10;
const pollMilliseconds = 500;

/**
 * The cluster of the user's own, through one kubeconfig. Every request ends within ten seconds, with an error in words.
 */
export class OwnCluster {
  readonly server: string;
  readonly core: CoreV1Api;
  readonly custom: CustomObjectsApi;
  readonly networking: NetworkingV1Api;
  readonly authorization: AuthorizationV1Api;
  readonly version: VersionApi;

  /** `signal` ends whatever waits. */
  constructor(
    readonly kubeconfig: string,
    readonly signal: AbortSignal,
  ) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    this.server = config.getCurrentCluster()?.server ?? "";
    this.core = config.makeApiClient(CoreV1Api);
    this.custom = config.makeApiClient(CustomObjectsApi);
    this.networking = config.makeApiClient(NetworkingV1Api);
    this.authorization = config.makeApiClient(AuthorizationV1Api);
    this.version = config.makeApiClient(VersionApi);
  }

  /** The answer to a request about something, as in "Namespace shop". */
  async ask<T>(what: string, request: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Unreachable(`the API server ${this.server} does not answer within ${patienceSeconds}s`)),
        patienceSeconds * 1000,
      );
    });
    try {
      return await Promise.race([request, tooLate]);
    } catch (error) {
      throw explained(error, what, this.server, steeringOf("argo-rollouts"));
    } finally {
      clearTimeout(timer);
    }
  }

  /** As `ask`, but undefined where it is not there. */
  orNone<T>(what: string, request: Promise<T>): Promise<T | undefined> {
    const found: Promise<T | undefined> = request.catch((error: unknown) => {
      if (error instanceof ApiException && error.code === 404) return undefined;
      throw error;
    });
    return this.ask(what, found);
  }

  /**
   * Creates one of Argo Rollouts' objects, reads it until it is as wanted or time is over, and removes it. Undefined
   * when it never was.
   */
  async tryOut<T extends KubernetesObject>(
    plural: string,
    namespace: string,
    object: T,
    wanted: (live: T) => boolean,
    withinSeconds: number,
  ): Promise<T | undefined> {
    const kind = { group: "argoproj.io", version: "v1alpha1", plural, namespace };
    const what = `${object.kind} of the check`;
    const created = (await this.ask(what, this.custom.createNamespacedCustomObject({ ...kind, body: object }))) as T;
    const name = created.metadata?.name ?? "";
    try {
      const look = async () => {
        const live = (await this.ask(what, this.custom.getNamespacedCustomObject({ ...kind, name }))) as T;
        return wanted(live) ? live : undefined;
      };
      return await poll(withinSeconds, look, this.signal);
    } finally {
      await this.orNone(what, this.custom.deleteNamespacedCustomObject({ ...kind, name }));
    }
  }
}

/** Asks twice a second until there is an answer; undefined when time is over. */
export async function poll<T>(
  withinSeconds: number,
  look: () => Promise<T | undefined>,
  signal?: AbortSignal,
): Promise<T | undefined> {
  for (const until = performance.now() + withinSeconds * 1000; ; await sleep(pollMilliseconds, undefined, { signal })) {
    const found = await look();
    if (found !== undefined || performance.now() > until) return found;
  }
}
