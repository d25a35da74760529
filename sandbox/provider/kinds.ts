import type { Mapping } from "./client";
import { isWithin, parsePath, type Change } from "./paths";
import { isObject, objectAt, secret, textAt, without, withoutNulls, type Properties } from "./values";

/**
 * The fields that cannot change in place, as the official provider lists them; others' are refused by the API server.
 */
const immutable: Readonly<Record<string, readonly string[]>> = {
  "apps/DaemonSet": ["spec.selector"],
  "apps/Deployment": ["spec.selector"],
  "apps/StatefulSet": ["spec.podManagementPolicy", "spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"],
  "batch/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "rbac.authorization.k8s.io/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/RoleBinding": ["roleRef"],
  "storage.k8s.io/StorageClass": ["parameters", "provisioner"],
  "/ConfigMap": ["data", "binaryData"],
  "/Secret": ["data", "type"],
  "/Service": ["spec.clusterIP"],
};

/** As in `apps/Deployment`; `/Service` for the core group. */
export function groupKind(object: Properties): string {
  const apiVersion = textAt(object, "apiVersion") ?? "";
  const group = apiVersion.includes("/") ? apiVersion.replace(/\/.*/, "") : "";
  return `${group}/${textAt(object, "kind")}`;
}

/** Those of the changes that only a new object can bring about. */
export function replacing(changes: readonly Change[], object: Properties, config: Properties): readonly Change[] {
  const kind = groupKind(object);
  const mutable =
    (kind === "/ConfigMap" && isOn(config, "enableConfigMapMutable")) ||
    (kind === "/Secret" && isOn(config, "enableSecretMutable"));
  const fields = [
    "apiVersion",
    "kind",
    "metadata.name",
    "metadata.namespace",
    ...(mutable ? [] : (immutable[kind] ?? [])),
  ];
  const paths = fields.map(parsePath);
  return changes.filter(({ path }) => paths.some((field) => isWithin(path, field) || isWithin(field, path)));
}

export function isOn(config: Properties, option: string): boolean {
  return config[option] === true || config[option] === "true";
}

export function annotation(object: Properties, name: string): string | undefined {
  return textAt(objectAt(objectAt(object, "metadata"), "annotations"), name);
}

/** The object as the API server keeps it: a Secret's texts as data, no namespace on what has none. */
export function normalised(object: Properties, mapping: Mapping | undefined): Properties {
  const declared = withoutNulls(object);
  const { metadata, stringData } = declared;
  const scoped =
    mapping?.namespaced === false && isObject(metadata)
      ? { ...declared, metadata: without(metadata, "namespace") }
      : declared;
  if (groupKind(object) !== "/Secret" || !isObject(stringData)) return scoped;
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(String(text)).toString("base64")]);
  return { ...without(scoped, "stringData"), data: { ...objectAt(scoped, "data"), ...Object.fromEntries(encoded) } };
}

/** The object with what a Secret holds marked as secret. */
export function marked(object: Properties): Properties {
  if (groupKind(object) !== "/Secret") return object;
  const hide = (key: string) => (object[key] === undefined ? {} : { [key]: secret(object[key]) });
  return { ...object, ...hide("data"), ...hide("stringData") };
}

const serverFields = ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink"];

/** The object without what only the API server and controllers write. */
export function withoutServerFields(object: Properties): Properties {
  return { ...without(object, "status"), metadata: without(objectAt(object, "metadata"), ...serverFields) };
}
