import { existsSync } from "node:fs";
import https from "node:https";
import http from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeConfig } from "@kubernetes/client-node";
import { objectAt, objectsAt, textAt, type Properties } from "./values";

/** Where the API server keeps the objects of a kind. */
export interface Mapping {
  readonly resource: string;
  readonly namespaced: boolean;
}

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** What the API server answered instead of doing as it was asked. */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    readonly status: Properties,
  ) {
    super(textAt(status, "message") ?? `The API server answered ${code}.`);
  }
}

interface Request {
  readonly method: "GET" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Properties;
}

/** A Kubernetes API server, by its kubeconfig: a path or the contents of one. */
export class ApiClient {
  readonly #config = new KubeConfig();
  readonly #kinds = new Map<string, readonly Properties[]>();

  constructor(kubeconfig: string, context?: string) {
    if (existsSync(kubeconfig)) this.#config.loadFromFile(kubeconfig);
    else this.#config.loadFromString(kubeconfig);
    if (context !== undefined) this.#config.setCurrentContext(context);
    if (this.#config.getCurrentCluster() === null) {
      throw new Error(`The kubeconfig has no cluster for its context "${this.#config.getCurrentContext()}".`);
    }
  }

  /** The namespace of the kubeconfig's current context. */
  get namespace(): string {
    return this.#config.getContextObject(this.#config.getCurrentContext())?.namespace ?? "default";
  }

  /** How to reach the objects of a kind, or undefined where the API server knows no such kind. */
  async mapping(apiVersion: string, kind: string): Promise<Mapping | undefined> {
    const find = () =>
      this.#kinds.get(apiVersion)?.find((entry) => entry["kind"] === kind && !textAt(entry, "name")?.includes("/"));
    if (find() === undefined) {
      const list = await orUndefined(404, this.#send({ method: "GET", path: groupPath(apiVersion) }));
      this.#kinds.set(apiVersion, list === undefined ? [] : objectsAt(list, "resources"));
    }
    const entry = find();
    return entry && { resource: textAt(entry, "name") ?? "", namespaced: entry["namespaced"] === true };
  }

  /** As `mapping`, but waits some seconds for a kind that is about to appear, and throws without it. */
  async awaitedMapping({ apiVersion, kind }: ObjectRef): Promise<Mapping> {
    for (const deadline = Date.now() + 5000; ; await sleep(250)) {
      const mapping = await this.mapping(apiVersion, kind);
      if (mapping !== undefined) return mapping;
      if (Date.now() > deadline) {
        throw new Error(
          `The API server does not know the kind ${kind} of ${apiVersion}: install its CustomResourceDefinition first.`,
        );
      }
    }
  }

  /** The live object, or undefined where there is none. */
  async get(ref: ObjectRef): Promise<Properties | undefined> {
    const mapping = await this.mapping(ref.apiVersion, ref.kind);
    return mapping && orUndefined(404, this.#send({ method: "GET", path: objectPath(ref, mapping) }));
  }

  /** The objects of a namespace that carry a label. */
  async list(
    apiVersion: string,
    resource: string,
    namespace: string,
    labelSelector: string,
  ): Promise<readonly Properties[]> {
    const path = `${groupPath(apiVersion)}/namespaces/${namespace}/${resource}`;
    return objectsAt(await this.#send({ method: "GET", path, query: { labelSelector } }), "items");
  }

  /** Server-side apply: only the fields of the object become the manager's. */
  async apply(
    object: Properties,
    ref: ObjectRef,
    options: { manager: string; force: boolean; dryRun: boolean },
  ): Promise<Properties> {
    const path = objectPath(ref, await this.awaitedMapping(ref));
    const query = {
      fieldManager: options.manager,
      force: String(options.force),
      ...(options.dryRun && { dryRun: "All" }),
    };
    return this.#send({ method: "PATCH", path, query, body: object });
  }

  /** Asks for the object's end, which its dependents follow in the background. */
  async delete(ref: ObjectRef): Promise<void> {
    const mapping = await this.mapping(ref.apiVersion, ref.kind);
    if (mapping === undefined) return;
    await orUndefined(
      404,
      this.#send({ method: "DELETE", path: objectPath(ref, mapping), query: { propagationPolicy: "Background" } }),
    );
  }

  async #send({ method, path, query, body }: Request): Promise<Properties> {
    const cluster = this.#config.getCurrentCluster();
    const url = new URL(`${cluster?.server.replace(/\/$/, "")}${path}?${new URLSearchParams(query)}`);
    const headers = { accept: "application/json", ...(body && { "content-type": "application/apply-patch+yaml" }) };
    const options: https.RequestOptions = { method, headers, timeout: 30_000 };
    await this.#config.applyToHTTPSOptions(options);
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = (url.protocol === "http:" ? http : https).request(url, options, resolve);
      request.on("timeout", () => request.destroy(new Error("no answer within 30 s")));
      request.on("error", (error) => {
        reject(new Error(`The Kubernetes API server at ${url.origin} cannot be reached: ${error.message}`));
      });
      request.end(body && JSON.stringify(body));
    });
    const answer = parse(await text(response));
    const code = response.statusCode ?? 0;
    if (code >= 300) throw new ApiError(code, answer);
    return answer;
  }
}

function parse(answer: string): Properties {
  try {
    return JSON.parse(answer) as Properties;
  } catch {
    return { message: answer.trim() };
  }
}

/** The answer, or undefined where the API server refused with that code. */
async function orUndefined<T>(code: number, answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.code === code) return undefined;
    throw error;
  }
}

const groupPath = (apiVersion: string): string =>
  apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

function objectPath({ apiVersion, namespace, name }: ObjectRef, { resource, namespaced }: Mapping): string {
  const scope = namespaced ? `/namespaces/${namespace}` : "";
  return `${groupPath(apiVersion)}${scope}/${resource}/${name}`;
}

/** As in `v1/Service default/web`. */
export function describeRef({ apiVersion, kind, namespace, name }: ObjectRef): string {
  return `${apiVersion}/${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
}

/** Which object the inputs are about. */
export function refOf(object: Properties): ObjectRef {
  const metadata = objectAt(object, "metadata");
  const [apiVersion = "", kind = ""] = [textAt(object, "apiVersion"), textAt(object, "kind")];
  return { apiVersion, kind, namespace: textAt(metadata, "namespace") ?? "", name: textAt(metadata, "name") ?? "" };
}
