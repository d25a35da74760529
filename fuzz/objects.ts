// Objects and files as nobody should write them, made from those of the rules' examples: the same for the same seed.
import { loadAll } from "js-yaml";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const rules = join(__dirname, "..", "policies", "rules");

/** YAML of objects that break a rule, and of others that do not. */
const examples = readdirSync(rules, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".yaml"))
  .sort()
  .map((file) => readFileSync(join(rules, file), "utf8"));

type Random = () => number;

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (random: Random, count: number) => Math.floor(random() * count);
const oneOf = <Value>(random: Random, values: readonly Value[]): Value => values[below(random, values.length)] as Value;

const nested = (depth: number, wrap: (inner: unknown) => unknown) =>
  Array.from({ length: depth }).reduce<unknown>((inner) => wrap(inner), "x");

/** What may stand in the place of any value. */
const values: readonly ((random: Random) => unknown)[] = [
  () => null,
  () => "",
  () => NaN,
  () => -0,
  () => -1,
  () => 1e308,
  () => Number.MAX_SAFE_INTEGER,
  () => 0.1,
  () => true,
  () => [],
  () => ({}),
  () => [null],
  () => [[]],
  () => JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": 1}, "toString": 1}'),
  () => "__proto__",
  () => "constructor",
  () => "\u0000\u001b[2J\n::error::\u2028\u202e\ud800",
  () => "a".repeat(100_000),
  () => Array.from({ length: 2000 }, (_, index) => index),
  () => Array.from({ length: 500 }, () => ({ name: "a", weight: 1 })),
  () => Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`k${index}`, index])),
  () => nested(80, (inner) => [inner]),
  () => nested(80, (inner) => ({ a: inner })),
  () => "(".repeat(5000),
  () => '"\\"'.repeat(2000),
  () => "{{".repeat(2000),
  () => "{{args.x}}",
  () => "result[0] < {{args.x}}",
  () => "all(result, ".repeat(50),
  () => 'a{b=~"(a+)+$"}',
  () => 'a{b=~"("}',
  () => "-".repeat(5000) + "a",
  () => "9".repeat(400) + "h",
  () => "1m".repeat(1000),
  () => "100%",
  () => "until 2027-01-31: ",
  (random) => String.fromCharCode(...Array.from({ length: 1 + below(random, 20) }, () => below(random, 0x10000))),
  (random) => below(random, 1000),
];

type Key = string | number;

/** Every place in a value. */
function places(value: unknown, at: readonly Key[] = []): readonly (readonly Key[])[] {
  if (typeof value !== "object" || value === null) return [at];
  const entries: readonly (readonly [Key, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [at, ...entries.flatMap(([key, inner]) => places(inner, [...at, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly Key[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (index === key ? replaced(item, rest, by) : item) as unknown);
  return Object.fromEntries(
    Object.entries(value as object).map(([each, inner]) => [each, each === key ? replaced(inner, rest, by) : inner]),
  );
}

/** Objects of one example, with some values of theirs replaced; one may stand there many times. */
export function hostileObjects(seed: number): readonly unknown[] {
  const random = randomFrom(seed);
  const objects: unknown[] = [...loadAll(oneOf(random, examples))];
  for (let changes = below(random, 4); changes >= 0; changes--) {
    const at = below(random, objects.length);
    const place = oneOf(random, places(objects[at]));
    objects[at] = replaced(objects[at], place, oneOf(random, values)(random));
  }
  const [first] = objects;
  return below(random, 10) === 0 ? [...objects, ...Array.from({ length: 50 }, () => first)] : objects;
}

/** What may be done to a text. */
const edits: readonly ((text: string, random: Random) => string)[] = [
  (text) => text,
  (text, random) => text.slice(0, below(random, text.length)),
  (text, random) => {
    const at = below(random, text.length);
    return text.slice(0, at) + oneOf(random, fragments) + text.slice(at);
  },
  (text, random) => {
    const [from, to] = [below(random, text.length), below(random, text.length)];
    return text.slice(0, from) + text.slice(to);
  },
  (text, random) => text.replaceAll(oneOf(random, [":", "-", "\n", " ", "{", "]", '"', "a"]), oneOf(random, fragments)),
];
const fragments = [
  "",
  "\t",
  "\n",
  "\r",
  "\0",
  "\u2028",
  "---\n",
  "...\n",
  "%YAML 1.1\n",
  "&a ",
  "*a",
  "<<: *a",
  "!!int ",
  "!!binary ",
  "!x ",
  "| ",
  ">-\n",
  "'",
  '"',
  "[",
  "}",
  "? ",
  "#",
  "07",
  ".nan",
  "1_0",
  "{{ .Values.a }}",
  "__proto__: 1\n",
  "[".repeat(200),
  "- ".repeat(200),
];

/** A file to check: hostile objects as JSON or YAML of one document each, whose text may be spoilt as well. */
export function hostileText(seed: number): string {
  const random = randomFrom(seed ^ 0x5bd1e995);
  const written = hostileObjects(seed)
    .map((object) => JSON.stringify(object, undefined, below(random, 3)) ?? "null")
    .join("\n---\n");
  const text = below(random, 3) === 0 ? oneOf(random, examples) : written;
  return oneOf(random, edits)(text, random);
}

/** The same objects as those of a state that Pulumi exports. */
export function hostileState(seed: number): string {
  const resources = hostileObjects(seed).map((inputs, index) => ({
    type: "kubernetes:x:Y",
    urn: `urn:${index}`,
    inputs,
  }));
  const state = { version: 3, deployment: { resources } };
  const random = randomFrom(seed + 1);
  const spoilt =
    below(random, 2) === 0 ? state : replaced(state, oneOf(random, places(state)), oneOf(random, values)(random));
  return JSON.stringify(spoilt) ?? "null";
}
