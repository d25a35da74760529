import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig, KubernetesObjectApi, type KubernetesObject } from "@kubernetes/client-node";
import { contextOf } from "./context";
import { apiServer, askApiServer, etcd, kubeconfig } from "./controlPlane";
import { createNamespace, installDefinitions } from "./definitions";
import { startPart, type Part, type RunningPart } from "./part";
import { moduleFiles } from "../toolchain/moduleFiles";
import { toolchain, toolNames } from "../toolchain/toolchain";

export interface ApiServer {
  /** Contents, not a path. */
  readonly kubeconfig: string;
  readonly objects: KubernetesObjectApi;
  /** Server-side apply by another field manager, with force, as a controller would write. */
  applyAs(manager: string, object: KubernetesObject): Promise<void>;
  /** Makes the kinds of every controller and router known. */
  defineKinds(): Promise<void>;
  createNamespace(name: string): Promise<void>;
  /** Asks whether the API server would create an object: throws for an unknown field, keeps nothing. */
  validate(object: KubernetesObject): Promise<void>;
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
    const defineKinds = async () => {
      const { argoRolloutsCrds, traefikCrds, gatewayApiCrds, istioCrds, flaggerCrds } = await moduleFiles([
        "istio",
        "flagger",
      ]);
      const directories = [argoRolloutsCrds, traefikCrds, gatewayApiCrds, istioCrds, flaggerCrds];
      await Promise.all(directories.map((directory) => installDefinitions(context, directory)));
    };
    const validate = async (object: KubernetesObject) => {
      const group = object.apiVersion === "v1" ? "api/v1" : `apis/${object.apiVersion}`;
      const path = `/${group}/namespaces/${object.metadata?.namespace}/${resourceOf(object)}?dryRun=All&fieldValidation=Strict`;
      await askApiServer(context, path, { body: JSON.stringify(object) });
    };
    return {
      kubeconfig: contents,
      objects,
      applyAs,
      defineKinds,
      createNamespace: (name) => createNamespace(context, name),
      validate,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a kind is called in a path. */
function resourceOf({ kind = "" }: KubernetesObject): string {
  const name = kind.toLowerCase();
  return name.endsWith("y") ? `${name.slice(0, -1)}ies` : `${name}${name.endsWith("s") ? "es" : "s"}`;
}
