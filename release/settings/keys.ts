import { z } from "zod";
import { wrongType } from "./valueTypes";

/** A key as its schema says it, for documentation and for whoever declares it elsewhere. */
export interface ConfigurationKey {
  readonly name: string;
  readonly description: string;
  /** As JSON calls what is written; nothing where there is a choice of several. */
  readonly type?: string;
  /** Type of the items of a list. */
  readonly items?: string;
  /** What is written, in words, such as "duration", "list of maps" or "percentage or map". */
  readonly shape: string;
  readonly required: boolean;
  /** As its author would write it, with the defaults of the keys inside; nothing where there is none. */
  readonly default?: unknown;
  /** What is accepted, in the words of its refusal; nothing where a refusal speaks of the keys inside. */
  readonly accepted?: string;
  /** The keys of a map, or of the maps in a list; one is called * where the author names it. */
  readonly keys: readonly ConfigurationKey[];
}

/** A JSON schema of what may be written, as zod makes it. */
interface Json {
  readonly type?: string;
  readonly const?: unknown;
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly required?: readonly string[];
  readonly propertyNames?: Json;
  readonly additionalProperties?: Json | false;
  readonly items?: Json;
  readonly anyOf?: readonly Json[];
  /** Of text with a unit: what it is called. */
  readonly shape?: string;
  readonly accepted?: string;
}

/** What schemas say of the keys of a map. */
export function keysOf(shape: z.ZodRawShape): readonly ConfigurationKey[] {
  const json = z.toJSONSchema(z.strictObject(shape), {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      jsonSchema["accepted"] = acceptedBy(zodSchema);
    },
  });
  return keysIn(json as Json);
}

/** Names of the keys of the map at a path in a map of this shape. */
export function namesAt([first, ...path]: readonly (string | number)[], shape: z.ZodRawShape): readonly string[] {
  const schema = shape[first ?? ""];
  if (schema === undefined) return Object.keys(shape);
  const at = path
    .filter((part) => typeof part === "string")
    .reduce(
      (keys, part) => keys.find(({ name }) => name === part || name === "*")?.keys ?? [],
      keysOf({ at: schema })[0]?.keys ?? [],
    );
  return at.map(({ name }) => name);
}

/** The keys inside of what is written: of a map, of the maps in a list, and of a map that may stand for a value. */
function keysIn({
  properties,
  required = [],
  additionalProperties,
  items,
  anyOf = [],
}: Json): readonly ConfigurationKey[] {
  if (items) return keysIn(items);
  if (properties) return Object.entries(properties).map(([name, json]) => keyOf(name, json, required.includes(name)));
  if (additionalProperties)
    return keysIn(additionalProperties).length > 0 ? [keyOf("*", additionalProperties, false)] : [];
  return anyOf.flatMap(keysIn);
}

function keyOf(name: string, json: Json, required: boolean): ConfigurationKey {
  const [value, accepted] = [defaultOf(json), acceptedOf(json)];
  return {
    name,
    description: json.description ?? "",
    ...(json.type !== undefined && { type: json.type }),
    ...(json.items?.type !== undefined && { items: json.items.type }),
    shape: shapeOf(json),
    required,
    ...(value !== undefined && { default: value }),
    ...(accepted !== undefined && { accepted }),
    keys: keysIn(json),
  };
}

function shapeOf({ type = "", const: only, format, items, additionalProperties, anyOf, shape }: Json): string {
  if (anyOf) return anyOf.map(shapeOf).join(" or ");
  if (only !== undefined) return JSON.stringify(only);
  if (items) return `list of ${plural(items)}`;
  if (additionalProperties) return `map to ${shapeOf(additionalProperties)}`;
  const words: Readonly<Record<string, string>> = {
    string: format === "uri" ? "URL" : "text",
    integer: "whole number",
    boolean: "true or false",
    object: "map",
  };
  return shape ?? words[type] ?? type;
}

const plural = (json: Json) => (json.properties ? "maps" : shapeOf(json));

/** A map's default holds those of its keys. */
function defaultOf({ default: own, properties }: Json): unknown {
  if (own === undefined || properties === undefined || typeof own !== "object") return own;
  const inside = Object.entries(properties).map(([key, json]) => [key, defaultOf(json)] as const);
  return { ...Object.fromEntries(inside.filter(([, value]) => value !== undefined)), ...own };
}

/** Of a list what each item is; of a map to values what names and values are. */
function acceptedOf({ accepted, properties, items, propertyNames, additionalProperties }: Json): string | undefined {
  if (items) return acceptedOf(items);
  if (properties) return undefined;
  if (!additionalProperties) return accepted;
  const values = keysIn(additionalProperties).length > 0 ? "" : `; values: ${additionalProperties.accepted}`;
  return `names: ${propertyNames?.accepted}${values}`;
}

/** What comes after "accepted:" in the refusal of a value that no key takes. */
function acceptedBy(schema: z.core.$ZodType): string | undefined {
  const { error } = z.core.safeParse(schema, Symbol("of no key"), { error: wrongType });
  return /accepted: (.*)$/.exec(error?.issues[0]?.message ?? "")?.[1];
}
