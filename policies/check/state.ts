import { type Input, secret } from "../objects/input";
import type { Read } from "./files";
import { isMap, isKubernetesObject, type Located } from "./located";
import { nameOfFile, Texts } from "./texts";
import { Unusable } from "./unusable";
import { readYaml } from "./yaml";

/** The key and the value by which Pulumi marks a secret in a state, as in pulumi/sdk/go/common/resource/sig. */
const signature = "4dabf18193072939515e22adb298388d";
const ofSecret = "1b47061264138c4ac30d75fd1eb44270";

/** Reads the Kubernetes objects of a state as `pulumi stack export` prints it, without its secrets. */
export function readState(path: string, texts = new Texts()): Read {
  const file = nameOfFile(path);
  const [document] = readYaml(file, texts.of(path), 0);
  const deployment = isMap(document?.value) ? document.value["deployment"] : undefined;
  const resources = isMap(deployment) ? (deployment["resources"] ?? []) : undefined;
  if (!document || !Array.isArray(resources))
    throw new Unusable([
      `${file}: is no state: it has no deployment.resources; accepted: what pulumi stack export prints`,
    ]);
  const recordsIgnored = resources.some((resource) => isMap(resource) && Array.isArray(resource["ignoreChanges"]));
  const objects = resources.flatMap((resource: unknown, index): readonly Located[] => {
    const input = inputOf(resource, recordsIgnored);
    if (!input) return [];
    const excerpt = (place: readonly (string | number)[]) => ({
      ...document.excerpt(["deployment", "resources", index, "inputs", ...place]),
      text: [],
    });
    return [{ input, file, origin: urnOf(resource), excerpt }];
  });
  return { objects, others: resources.length - objects.length };
}

function urnOf(resource: unknown): string {
  const urn = isMap(resource) ? resource["urn"] : undefined;
  return typeof urn === "string" ? urn : "";
}

/**
 * What a resource was declared as; undefined for other resources, for patches, and for what is about to be deleted. A
 * state that names no ignored field anywhere may come from a Pulumi that does not record them: then they are not known.
 */
function inputOf(resource: unknown, recordsIgnored: boolean): Input | undefined {
  if (!isMap(resource)) return undefined;
  const { type, inputs, ignoreChanges, delete: isDeleted } = resource;
  if (typeof type !== "string" || !type.startsWith("kubernetes:") || type.endsWith("Patch") || isDeleted === true)
    return undefined;
  const object = withoutSecrets(inputs);
  if (!isKubernetesObject(object)) return undefined;
  return {
    object,
    ...(recordsIgnored && {
      ignoredFields: Array.isArray(ignoreChanges) ? ignoreChanges.filter((each) => typeof each === "string") : [],
    }),
  };
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isMap(value)) return value;
  if (value[signature] === ofSecret) return secret;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}
