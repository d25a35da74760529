/**
 * A resource's properties as they travel between the engine and a provider: JSON, secrets and unknown values marked.
 */
export type Value = null | boolean | number | string | readonly Value[] | Properties;
export interface Properties {
  readonly [key: string]: Value;
}

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** What stands, in a preview, for a text that is not known yet. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknownValues = new Set([
  unknownText,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // a boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // a number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // an array
  "030794c1-ac77-496b-92df-f27374a8bd58", // an asset
  "e48ece36-62e2-4504-bad9-02848725956a", // an archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // an object
]);

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isArray(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** The object at a key, or an empty one. */
export function objectAt(object: Properties, key: string): Properties {
  const value = object[key];
  return isObject(value) ? value : {};
}

/** The text at a key, or undefined where there is none or something else. */
export function textAt(object: Properties, key: string): string | undefined {
  const value = object[key];
  return typeof value === "string" ? value : undefined;
}

/** The number at a key, or 0. */
export function numberAt(object: Properties, key: string): number {
  const value = object[key];
  return typeof value === "number" ? value : 0;
}

/** The objects in the array at a key, or none. */
export function objectsAt(object: Properties, key: string): readonly Properties[] {
  const value = object[key];
  return isArray(value) ? value.filter((element) => isObject(element)) : [];
}

function anywhere(value: Value, holds: (value: Value) => boolean): boolean {
  if (holds(value)) return true;
  if (isArray(value)) return value.some((element) => anywhere(element, holds));
  return isObject(value) && Object.values(value).some((element) => anywhere(element, holds));
}

/** Whether a part of the value is known only after an update. */
export function containsUnknown(value: Value): boolean {
  return anywhere(value, (part) => typeof part === "string" && unknownValues.has(part));
}

const isSecret = (value: Value): value is Properties => isObject(value) && value[signature] === secretSignature;

export function containsSecret(value: Value): boolean {
  return anywhere(value, isSecret);
}

/** Marks a value, so that the engine encrypts it in the state and hides it on screen. */
export function secret(value: Value): Value {
  return isSecret(value) ? value : { [signature]: secretSignature, value };
}

/** The value without the marks of secrets. */
export function reveal(value: Value): Value {
  if (isSecret(value)) return reveal(value["value"] ?? null);
  if (isArray(value)) return value.map(reveal);
  return isObject(value) ? revealAll(value) : value;
}

/** The properties without the marks of secrets. */
export function revealAll(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, reveal(value)]));
}

/** Every line of text inside the secrets of a value. */
export function secretTexts(value: Value): readonly string[] {
  if (isSecret(value)) return texts(reveal(value)).flatMap((text) => text.split("\n"));
  if (isArray(value)) return value.flatMap(secretTexts);
  return isObject(value) ? Object.values(value).flatMap(secretTexts) : [];
}

function texts(value: Value): readonly string[] {
  if (typeof value === "string") return [value];
  if (isArray(value)) return value.flatMap(texts);
  return isObject(value) ? Object.values(value).flatMap(texts) : [];
}

/** The properties without the keys that hold nothing. */
export function withoutNulls(properties: Properties): Properties {
  const inside = (value: Value): Value => {
    if (isArray(value)) return value.map(inside);
    return isObject(value) ? withoutNulls(value) : value;
  };
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]) => (value === null ? [] : [[key, inside(value)]])),
  );
}

/** The properties without some keys. */
export function without(properties: Properties, ...keys: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !keys.includes(key)));
}

/**
 * The part of a live object that was declared; what somebody else added to a map or to the end of a list is left out.
 */
export function prune(live: Properties, declared: Properties): Properties {
  const inside = (liveValue: Value, declaredValue: Value): Value => {
    if (isArray(liveValue) && isArray(declaredValue)) {
      return liveValue.slice(0, declaredValue.length).map((element, i) => inside(element, declaredValue[i] ?? null));
    }
    return isObject(liveValue) && isObject(declaredValue) ? prune(liveValue, declaredValue) : liveValue;
  };
  return Object.fromEntries(
    Object.entries(declared).flatMap(([key, value]) => {
      const liveValue = live[key];
      return liveValue === undefined ? [] : [[key, inside(liveValue, value)]];
    }),
  );
}
