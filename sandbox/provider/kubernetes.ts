import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { explainConflict, withoutIgnored } from "./apply";
import { ApiClient, ApiError, describeRef, refOf, type ObjectRef } from "./client";
import { EngineLog } from "./engineLog";
import { annotation, groupKind, isOn, marked, normalised, replacing, withoutServerFields } from "./kinds";
import { isAutonamed, named } from "./naming";
import { changes, type Change } from "./paths";
import { hasFailed, missing, readyTimeout } from "./ready";
import { NotInitialized, type Implementation, type Operation, type Target } from "./server";
import {
  containsUnknown,
  isArray,
  isObject,
  objectAt,
  prune,
  textAt,
  without,
  withoutNulls,
  type Properties,
} from "./values";

const managerKey = "__fieldManager";
const pollInterval = 400;

/** The options of `kubernetes.Provider` that are heeded, and those that change nothing here. */
const options = [
  "kubeconfig",
  "context",
  "namespace",
  "enablePatchForce",
  "enableConfigMapMutable",
  "enableSecretMutable",
  "version",
  "pluginDownloadURL",
  "clusterIdentifier",
  "deleteUnreachable",
  "skipUpdateUnreachable",
  "kubeClientSettings",
  "helmReleaseSettings",
  "suppressDeprecationWarnings",
  "suppressHelmHookWarnings",
];

/**
 * Kubernetes objects of any kind that the API server knows, as the official provider handles them with server-side
 * apply.
 */
export function kubernetesProvider(kubeconfig: string): Implementation {
  const clients = new Map<string, ApiClient>();
  const clientOf = ({ config }: Target): ApiClient => {
    const [source, context] = [textAt(config, "kubeconfig") ?? kubeconfig, textAt(config, "context")];
    const key = JSON.stringify([source, context]);
    const client = clients.get(key) ?? new ApiClient(source, context);
    clients.set(key, client);
    return client;
  };
  return {
    package: "kubernetes",
    version: "4.34.2",
    covers: "single Kubernetes objects",
    marksSecrets: false,

    checkConfig(config) {
      const known = (key: string) => options.includes(key) || (key === "enableServerSideApply" && isOn(config, key));
      const unknown = Object.keys(config).filter((key) => !known(key));
      if (unknown.length > 0) {
        throw new Error(
          `The sandbox's own Kubernetes provider does not know the option ${unknown.join(", ")}; it takes ${options.slice(0, 6).join(", ")}.`,
        );
      }
      const source = textAt(config, "kubeconfig");
      if (source !== undefined && !/[\n{]/.test(source) && !existsSync(source)) {
        throw new Error(`The kubeconfig ${source} does not exist: give the path of one, or its contents.`);
      }
    },

    async check(target, olds, news, seed) {
      refuseUncovered(target.type, news);
      const client = clientOf(target);
      const { apiVersion, kind } = refOf(news);
      const mapping = await client.mapping(apiVersion, kind);
      const inputs = named(withoutNulls(news), olds, target.name, seed);
      const { metadata } = inputs;
      if (!isObject(metadata) || metadata["namespace"] !== undefined || mapping?.namespaced === false)
        return marked(inputs);
      const namespace = textAt(target.config, "namespace") ?? client.namespace;
      return marked({ ...inputs, metadata: { ...metadata, namespace } });
    },

    async diff(target, { olds, news, ignoreChanges }) {
      const client = clientOf(target);
      const { apiVersion, kind } = refOf(news);
      const mapping = await client.mapping(apiVersion, kind);
      const [old, now] = [normalised(olds, mapping), normalised(news, mapping)];
      const all = changes(old, now, ignoreChanges);
      const [oldRef, newRef] = [refOf(old), refOf(now)];
      const replaces = [...replacing(all, now, target.config), ...(await unready(client, oldRef, now))];
      const sameName = oldRef.name === newRef.name && oldRef.namespace === newRef.namespace;
      return {
        changes: [...all, ...replaces.filter((change) => !all.includes(change))],
        replaces,
        deleteBeforeReplace: replaces.length > 0 && sameName && !isAutonamed(now),
      };
    },

    async create(operation, inputs) {
      const client = clientOf(operation);
      const declared = refOf(inputs);
      const manager = `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
      if (operation.preview)
        return { id: "", outputs: marked(await previewCreate(client, operation, inputs, manager)) };
      const mapping = await client.awaitedMapping(declared);
      const ref = mapping.namespaced ? declared : { ...declared, namespace: "" };
      const force = isForced(operation, inputs);
      if (!force && (await client.get(ref)) !== undefined) {
        throw new Error(
          `${describeRef(ref)} was not created, because it already exists: import it, give this resource another name, ` +
            `or take it over with the annotation pulumi.com/patchForce: "true".`,
        );
      }
      const body = normalised(inputs, mapping);
      const applied = await explained(
        client.apply(body, ref, { manager, force, dryRun: false }),
        `${describeRef(ref)} was not created`,
      );
      const live = await settled(client, operation, ref, { inputs, applied, manager });
      return { id: idOf(ref), outputs: outputsOf(live, manager) };
    },

    async read(target, id, inputs, outputs) {
      const client = clientOf(target);
      const known = [inputs, outputs].find((object) => refOf(object).kind !== "");
      const ref = await refOfId(client, id, known ?? kindOfType(target.type));
      const live = await client.get(ref);
      if (live === undefined) return { id: "", inputs: {}, outputs: {} };
      const isKnown = refOf(inputs).kind !== "";
      const mapping = await client.mapping(ref.apiVersion, ref.kind);
      const liveInputs = isKnown ? prune(live, normalised(inputs, mapping)) : withoutServerFields(live);
      const manager = textAt(outputs, managerKey) ?? `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
      const state = { id, inputs: marked(liveInputs), outputs: outputsOf(live, manager) };
      if (!isKnown || isNotAwaited(inputs)) return state;
      const reasons = await missing(client, ref, live);
      if (reasons.length > 0)
        throw new NotInitialized([`${describeRef(ref)} is not ready: ${reasons.join("; ")}`], state);
      return state;
    },

    async update(operation, id, { oldOutputs, news, ignoreChanges }) {
      const client = clientOf(operation);
      const ref = await refOfId(client, id, news);
      const manager = textAt(oldOutputs, managerKey) ?? `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
      const mapping = await client.mapping(ref.apiVersion, ref.kind);
      if (operation.preview && (containsUnknown(news) || mapping === undefined)) return marked(news);
      const old = await client.get(ref);
      if (old === undefined)
        throw new Error(`${describeRef(ref)} is gone: run "pulumi refresh", and "pulumi up" creates it again.`);
      const body = withoutIgnored(normalised(news, mapping), old, manager, ignoreChanges);
      const how = { manager, force: isForced(operation, news), dryRun: operation.preview };
      const applied = await explained(client.apply(body, ref, how), `${describeRef(ref)} was not updated`);
      if (operation.preview) return outputsOf(applied, manager);
      return outputsOf(await settled(client, operation, ref, { inputs: news, applied, manager }), manager);
    },

    async delete(operation, id, inputs, outputs) {
      const client = clientOf(operation);
      const ref = await refOfId(client, id, refOf(outputs).kind === "" ? inputs : outputs);
      const uid = uidOf(await client.get(ref));
      await client.delete(ref);
      const seconds = operation.timeout || 300;
      for (
        const deadline = Date.now() + seconds * 1000;
        ;
        await sleep(pollInterval, undefined, { signal: operation.cancelled })
      ) {
        const live = await client.get(ref);
        if (live === undefined || uidOf(live) !== uid) return;
        if (Date.now() > deadline) {
          const { finalizers = [] } = objectAt(live, "metadata");
          throw new Error(
            `${describeRef(ref)} is still there ${seconds} s after its deletion; its finalizers: ${JSON.stringify(finalizers)}.`,
          );
        }
      }
    },
  };
}

const uidOf = (live: Properties = {}) => textAt(objectAt(live, "metadata"), "uid");

/** What would be created, as the API server would complete it where it can tell already. */
async function previewCreate(
  client: ApiClient,
  operation: Operation,
  inputs: Properties,
  manager: string,
): Promise<Properties> {
  const ref = refOf(inputs);
  if (containsUnknown(inputs)) return inputs;
  const mapping = await client.mapping(ref.apiVersion, ref.kind);
  if (mapping === undefined || (await client.get(ref)) !== undefined) return inputs;
  try {
    const how = { manager, force: isForced(operation, inputs), dryRun: true };
    return withoutServerFields(await client.apply(normalised(inputs, mapping), ref, how));
  } catch (error) {
    const isEarly = error instanceof ApiError && [403, 404, 409].includes(error.code);
    if (isEarly) return inputs;
    throw error;
  }
}

/** The live object once it is ready; an error that keeps it in the state if it is not in time. */
async function settled(
  client: ApiClient,
  operation: Operation,
  ref: ObjectRef,
  { inputs, applied, manager }: { inputs: Properties; applied: Properties; manager: string },
): Promise<Properties> {
  if (isNotAwaited(inputs)) return applied;
  const seconds = operation.timeout || readyTimeout;
  const deadline = Date.now() + seconds * 1000;
  const log = new EngineLog(operation);
  let [live, shown] = [applied, ""];
  try {
    for (;;) {
      const reasons = (await missing(client, ref, live)).join("; ");
      if (reasons === "") return live;
      const ending = operation.cancelled.aborted
        ? "when it was cancelled"
        : Date.now() > deadline
          ? `after ${seconds} s`
          : hasFailed(live)
            ? "at its end"
            : undefined;
      if (ending !== undefined) {
        const state = { id: idOf(ref), inputs: marked(inputs), outputs: outputsOf(live, manager) };
        throw new NotInitialized([`${describeRef(ref)} exists, but was not ready ${ending}: ${reasons}`], state);
      }
      if (reasons !== shown) log.status((shown = reasons));
      await sleep(pollInterval);
      live = (await client.get(ref)) ?? live;
    }
  } finally {
    await log.close();
  }
}

async function explained<T>(answer: Promise<T>, what: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const explanation = explainConflict(error, what);
    throw explanation === error && error instanceof Error
      ? new Error(`${what}: ${error.message}`, { cause: error })
      : explanation;
  }
}

const isForced = ({ config }: Target, inputs: Properties): boolean =>
  annotation(inputs, "pulumi.com/patchForce") === "true" || isOn(config, "enablePatchForce");

const isNotAwaited = (inputs: Properties): boolean => annotation(inputs, "pulumi.com/skipAwait") === "true";

const idOf = ({ namespace, name }: ObjectRef): string => (namespace === "" ? name : `${namespace}/${name}`);

/** The object that an id such as `shop/web` names; without a namespace it is in none, or in the default one. */
async function refOfId(client: ApiClient, id: string, object: Properties): Promise<ObjectRef> {
  const { apiVersion, kind } = refOf(object);
  const [first = "", second] = id.split("/");
  if (second !== undefined) return { apiVersion, kind, namespace: first, name: second };
  const isNamespaced = (await client.mapping(apiVersion, kind))?.namespaced === true;
  return { apiVersion, kind, namespace: isNamespaced ? client.namespace : "", name: first };
}

/** The apiVersion and kind that a type such as `kubernetes:core/v1:Service` stands for. */
function kindOfType(type: string): Properties {
  const [, apiVersion = "", kind = ""] = type.split(":");
  return { apiVersion: apiVersion.replace(/^core\//, ""), kind };
}

function outputsOf(live: Properties, manager: string): Properties {
  return marked({ ...live, metadata: without(objectAt(live, "metadata"), "managedFields"), [managerKey]: manager });
}

function refuseUncovered(type: string, inputs: Properties): void {
  const refuse = (what: string) => {
    throw new Error(
      `${what} is not covered by the sandbox's own Kubernetes provider: install the official plugin, or declare single objects.`,
    );
  };
  const { apiVersion, kind } = refOf(inputs);
  if (apiVersion === "" || kind === "" || !type.endsWith(`:${kind}`) || isArray(inputs["items"])) refuse(type);
  if (objectAt(inputs, "metadata")["generateName"] !== undefined) refuse("metadata.generateName");
  for (const name of ["pulumi.com/waitFor", "pulumi.com/patchFieldManager"]) {
    if (annotation(inputs, name) !== undefined) refuse(`The annotation ${name}`);
  }
}

/** A Job that asks for it is replaced where it did not end well. */
async function unready(client: ApiClient, ref: ObjectRef, now: Properties): Promise<readonly Change[]> {
  const asks = "pulumi.com/replaceUnready";
  if (groupKind(now) !== "batch/Job" || annotation(now, asks) !== "true") return [];
  const live = await client.get(ref);
  return live === undefined || (await missing(client, ref, live)).length === 0
    ? []
    : [{ path: ["metadata", "annotations", asks], kind: "update" }];
}
