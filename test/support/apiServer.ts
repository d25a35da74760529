import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig, KubernetesObjectApi, type KubernetesObject } from "@kubernetes/client-node";
import { contextOf } from "../../sandbox/cluster/context";
import { apiServer, askApiServer, etcd, kubeconfig } from "../../sandbox/cluster/controlPlane";
import { startPart, type Part, type RunningPart } from "../../sandbox/cluster/part";
import { moduleFiles } from "../../sandbox/toolchain/moduleFiles";
import { toolchain, toolNames } from "../../sandbox/toolchain/toolchain";

export interface ApiServer {
  /** Contents, not a path. */
  readonly kubeconfig: string;
  readonly objects: KubernetesObjectApi;
  /** Server-side apply by another field manager, with force, as a controller would write. */
  applyAs(manager: string, object: KubernetesObject): Promise<void>;
  /**
   * Asks whether the API server would create an object, by its resource ("services"): throws for an unknown field,
   * keeps nothing.
   */
  validate(object: KubernetesObject, resource: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * etcd and a kube-apiserver, and nothing else: no controllers, no nodes. Their ports are free inside a sandbox's
 * namespace.
 */
export async function startApiServer(): Promise<ApiServer> {
  const directory = mkdtempSync(join(tmpdir(), "canary-api-server-"));
  const context = contextOf(directory, {
    tools: await toolchain(toolNames),
    files: await moduleFiles(),
    token: "test",
    scrapeIntervalSeconds: 1,
    signal: new AbortController().signal,
  });
  const parts: RunningPart[] = [];
  const stop = async () => {
    await Promise.all(parts.map((part) => part.stop()));
    rmSync(directory, { recursive: true, force: true });
  };
  const start = async (part: Part) => {
    parts.push(await startPart(part, directory, (error) => console.error(error.message)));
  };
  try {
    await Promise.all([start(etcd(context)), start(apiServer(context))]);
    const contents = kubeconfig(context);
    const config = new KubeConfig();
    config.loadFromString(contents);
    const objects = KubernetesObjectApi.makeApiClient(config);
    const applyAs = async (manager: string, object: KubernetesObject) => {
      await objects.patch(object, undefined, undefined, manager, true, "application/apply-patch+yaml");
    };
    const validate = async (object: KubernetesObject, resource: string) => {
      const group = object.apiVersion === "v1" ? "api/v1" : `apis/${object.apiVersion}`;
      const path = `/${group}/namespaces/${object.metadata?.namespace}/${resource}?dryRun=All&fieldValidation=Strict`;
      await askApiServer(context, path, { body: JSON.stringify(object) });
    };
    return { kubeconfig: contents, objects, applyAs, validate, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
