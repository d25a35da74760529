import { z } from "zod";

/** A key as its schema says it, for documentation and for whoever declares it elsewhere. */
export interface Key {
  readonly name: string;
  readonly description: string;
  /** As Pulumi's project file calls it. */
  readonly type: "string" | "integer" | "boolean" | "array" | "object";
  /** Type of the items of a list. */
  readonly items?: "string" | "object";
  /** As its author would write it, with the defaults of the keys inside; nothing where there is none. */
  readonly default?: unknown;
  /** What is accepted, in the words of its refusal; nothing where a refusal speaks of the keys inside. */
  readonly accepted?: string;
  /** The keys of a map with fixed keys, or of the maps in a list. */
  readonly keys: readonly Key[];
}

/** A JSON schema of what may be written, as zod makes it. */
interface Json {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly items?: Json;
  readonly anyOf?: readonly Json[];
}

/** What a schema says of a key. */
export function keyOfSchema(name: string, schema: z.ZodType): Key {
  return keyOfJson(name, z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Json, schema);
}

function keyOfJson(name: string, json: Json, schema: z.ZodType | undefined): Key {
  const [type, inside] = [typeOf(json), json.items ?? json];
  const keys = Object.entries(inside.properties ?? {}).map(([key, each]) => keyOfJson(key, each, partOf(schema, key)));
  const items = json.items && (json.items.type === "object" ? "object" : "string");
  const value = defaultOf(json);
  const accepted = keys.length > 0 ? undefined : acceptedBy(schema);
  return {
    name,
    description: json.description ?? "",
    type,
    ...(items && { items }),
    ...(value !== undefined && { default: value }),
    ...(accepted !== undefined && { accepted }),
    keys,
  };
}

function typeOf({ type, anyOf }: Json): Key["type"] {
  const known: readonly Key["type"][] = ["string", "integer", "boolean", "array", "object"];
  return known.find((each) => each === (type ?? anyOf?.[0]?.type)) ?? "string";
}

/** A map's default holds those of its keys. */
function defaultOf({ default: own, properties }: Json): unknown {
  if (own === undefined || properties === undefined || typeof own !== "object") return own;
  const inside = Object.entries(properties).map(([key, json]) => [key, defaultOf(json)] as const);
  return { ...Object.fromEntries(inside.filter(([, value]) => value !== undefined)), ...own };
}

/** The schema of a key inside another one, as far as it can be seen through defaults, lists and transforms. */
function partOf(schema: z.ZodType | undefined, key: string): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return (schema.shape as Readonly<Record<string, z.ZodType>>)[key];
  if (schema instanceof z.ZodArray) return partOf(schema.element as z.ZodType, key);
  if (schema instanceof z.ZodPipe) return partOf(schema.in as z.ZodType, key);
  const wraps = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wraps ? partOf(schema.unwrap() as z.ZodType, key) : undefined;
}

/** What comes after "accepted:" in the refusal of a value that no key takes. */
function acceptedBy(schema: z.ZodType | undefined): string | undefined {
  const message = schema?.safeParse(Symbol("of no key")).error?.issues[0]?.message ?? "";
  return /accepted: (.*)$/.exec(message)?.[1];
}
