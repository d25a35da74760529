import { parseEvents, YAMLException } from "js-yaml";

/** So many characters are handed to the parser at most, however often that is: some seconds. */
const mostParsed = 300_000_000;

/** The line that is indented too little for YAML, by its position; undefined for any other error. */
export function looseLineOf(error: unknown): number | undefined {
  return error instanceof YAMLException && error.reason === "deficient indentation" ? error.mark?.line : undefined;
}

/**
 * A text with more indentation within quotes, brackets and braces, where it lacks some: each line stays the line that
 * it was.
 */
export function indented(text: string): string {
  const budget = { left: mostParsed };
  return text
    .split(/^(?=---)/m)
    .map((document) => indentedDocument(document, budget))
    .join("");
}

/** What is left of the characters that may be parsed. */
interface Budget {
  left: number;
}

/** Each time that the parser meets a line, all of those are indented that the same quotes or brackets hold. */
function indentedDocument(text: string, budget: Budget): string {
  const lines = text.split("\n");
  for (let last = -1; ;) {
    const at = looseLineOf(errorOf(lines.join("\n"), budget));
    if (at === undefined || at <= last) return lines.join("\n");
    const within = errorOf(lines.slice(0, at).join("\n"), budget);
    const end = within instanceof YAMLException ? endOf(lines, at, within.reason) : at;
    const space = " ".repeat(1 + (/^[\s-]*/.exec(lines[at - 1] ?? "")?.[0].length ?? 0));
    for (let line = at; line <= end; line++) lines[line] = space + (lines[line] ?? "");
    last = end;
  }
}

function errorOf(text: string, budget: Budget): unknown {
  budget.left -= text.length;
  if (budget.left < 0) return undefined;
  try {
    parseEvents(text, {});
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The line in which what a line is within ends, by what the parser says is open before it. */
function endOf(lines: readonly string[], from: number, reason: string): number {
  if (/single quoted/.test(reason)) return lineWhere(lines, from, (line) => line.replaceAll("''", "").includes("'"));
  if (/double quoted/.test(reason)) return lineWhere(lines, from, (line) => line.replace(/\\./g, "").includes('"'));
  return /flow collection/.test(reason) ? closingLine(lines, from) : from;
}

function lineWhere(lines: readonly string[], from: number, holds: (line: string) => boolean): number {
  for (let at = from; at < lines.length; at++) if (holds(lines[at] ?? "")) return at;
  return from;
}

/** In longer lines no brackets are looked for. */
const longest = 10_000;

/** The line that closes one bracket more than are opened; the line itself where quotes are left open before it. */
function closingLine(lines: readonly string[], from: number): number {
  let depth = 1;
  for (let at = from; at < lines.length; at++) {
    if ((lines[at] ?? "").length > longest) return Math.max(from, at - 1);
    const plain = (lines[at] ?? "").replace(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/g, "").replace(/(^|\s)#.*/, "");
    if (/["']/.test(plain)) return Math.max(from, at - 1);
    for (const [character] of plain.matchAll(/[[\]{}]/g)) {
      depth += "[{".includes(character) ? 1 : -1;
      if (depth === 0) return at;
    }
  }
  return from;
}
