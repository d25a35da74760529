/**
 * Text of others as one line that cannot steer a terminal or a log: control characters, line breaks, characters that
 * turn the direction of writing and halves of a character are written as `\n` or `\u202e`.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return (
      named[character] ?? (code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`)
    );
  });
}

const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

const longest = 300;
const mostItems = 20;
const deepest = 3;

/** A value as JSON in one line, cut where it is long or deep; what JSON has no word for is written as in JavaScript. */
export function shown(value: unknown, depth = 0): string {
  if (typeof value === "string") return printable(JSON.stringify(cut(value)));
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? `${value}n` : String(value);
  if (depth > deepest) return "...";
  if (Array.isArray(value)) return `[${list(value, (item) => shown(item, depth + 1))}]`;
  const pair = ([key, item]: [string, unknown]) => `${shown(key)}:${shown(item, depth + 1)}`;
  return `{${list(Object.entries(value), pair)}}`;
}

/** Text of a bearable length. */
export const cut = (text: string) =>
  text.length > longest ? `${text.slice(0, longest)}... (${text.length} characters)` : text;

function list<Item>(items: readonly Item[], write: (item: Item) => string): string {
  const more = items.length > mostItems ? [`... (${items.length} items)`] : [];
  return [...items.slice(0, mostItems).map(write), ...more].join(",");
}
