import { createHash, randomBytes } from "node:crypto";
import { isObject, objectAt, textAt, type Properties } from "./values";

const autonamed = "pulumi.com/autonamed";

/** `<name>-<8 hex digits>`: the same ones for the same seed, any where there is none. */
export function uniqueName(name: string, seed: Uint8Array): string {
  const bytes = seed.length > 0 ? createHash("sha256").update(seed).update(name).digest() : randomBytes(4);
  return `${name.slice(0, 244)}-${bytes.toString("hex").slice(0, 8)}`;
}

/** Whether the object's name was made up rather than declared. */
export function isAutonamed(inputs: Properties): boolean {
  return textAt(objectAt(objectAt(inputs, "metadata"), "annotations"), autonamed) === "true";
}

/** The inputs with a name: the declared one, else the one of the old inputs, else a new one. */
export function named(news: Properties, olds: Properties, logicalName: string, seed: Uint8Array): Properties {
  const { metadata = {} } = news;
  if (!isObject(metadata) || metadata["name"] !== undefined) return news;
  const kept = isAutonamed(olds) ? textAt(objectAt(olds, "metadata"), "name") : undefined;
  return {
    ...news,
    metadata: {
      ...metadata,
      name: kept ?? uniqueName(logicalName, seed),
      annotations: { ...objectAt(metadata, "annotations"), [autonamed]: "true" },
    },
  };
}
