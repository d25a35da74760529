/**
 * What would change a line instead of standing in it: control characters, line and paragraph separators, what turns the
 * direction of writing or is not seen, and halves of characters. A tab is none.
 */
export const unprintable = /(?!\t)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** What a CI system takes for a command wherever it stands in a line: "##[error]", "##vso[task.setvariable]". */
export const commandAnywhere = /##(?=\w*\[)/g;
/** What it takes for one at the begin of a line. */
const commandAtBegin = /^(\s*):(?=:)/;

/**
 * A line to be printed that may hold text of others: it stays one line, and no terminal and no CI system takes anything
 * in it for a command. What would be, is written as an escape, such as \n or \u{202e}.
 */
export function printable(line: string): string {
  return line.replace(unprintable, escaped).replace(commandAtBegin, "$1\\u{3a}").replace(commandAnywhere, "#\\u{23}");
}

const known: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r" };

function escaped(character: string): string {
  return known[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

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
