import { boolYaml11Tag, constructFromEvents, CORE_SCHEMA, EVENT_ID, getScalarValue, mergeTag, parseEvents, YAMLException, type Event } from "js-yaml";
import { Unusable } from "./unusable";

/** As Kubernetes reads YAML: "yes" and "on" are true, and "<<" takes another map's keys. */
const schema = CORE_SCHEMA.withTags(mergeTag, boolYaml11Tag);
/** More of them than anybody writes by hand in a document would let a rule read without end. */
const mostAliases = 200;

type Key = string | number;

/** A place in a file. */
export interface Excerpt {
  /** Of its first line; lines begin with 1. */
  readonly line: number;
  readonly text: readonly string[];
}
const mostLines = 3;
const mostCharacters = 160;

/** One YAML document of a file. */
export interface Document {
  readonly value: unknown;
  /** The file that Helm names as the one that it rendered. */
  readonly origin?: string;
  /** The first lines of what keys lead to, or of the nearest thing around it that is there. */
  excerpt(place: readonly Key[]): Excerpt;
}

/** Reads YAML, and so JSON, of any number of documents. Throws `Unusable` with file, line and reason. */
export function readYaml(file: string, text: string, maxAliases = mostAliases): readonly Document[] {
  const source = text.replace(/^\ufeff/, "");
  try {
    const events = parseEvents(source, {});
    refuseCycles(file, source, events);
    const values = constructFromEvents(events, { source, schema, maxAliases });
    const lineOf = lineFinder(source);
    return starts(events).map((start, index) => {
      let tree: Node | undefined;
      const excerpt = (place: readonly Key[]) => excerptOf(source, (tree ??= buildTree(source, events, start + 1)), place, lineOf);
      return { value: values[index], ...originOf(source, events[start + 1]), excerpt };
    });
  } catch (error) {
    throw error instanceof YAMLException ? new Unusable([reason(file, source, error)]) : error;
  }
}

/** A template that was not rendered seldom is YAML: then that is said. */
function reason(file: string, source: string, { reason, mark }: YAMLException): string {
  const text = source.split("\n");
  const line = mark?.line ?? 0;
  const at = `${file}:${line + 1}`;
  const template = /\{\{-?\s*(?:[.$]|\/\*|(?:if|else|end|range|with|include|template|define|block|toYaml)\b)/;
  const found = template.test(text[line] ?? "") ? line : text.findIndex((each) => template.test(each));
  if (found < 0) return `${at}: ${reason}`;
  return `${file}:${found + 1}: is a template that was not rendered: ${text[found]?.trim().slice(0, 80)}; accepted: what it renders, as of: helm template CHART | npm run check -- -`;
}

/** Where the documents begin among the events. */
function starts(events: readonly Event[]): readonly number[] {
  return events.flatMap(({ type }, index) => (type === EVENT_ID.DOCUMENT ? [index] : []));
}

/** An anchor within itself would make a value without an end. */
function refuseCycles(file: string, source: string, events: readonly Event[]): void {
  if (!events.some(({ type }) => type === EVENT_ID.ALIAS)) return;
  const open: string[] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.POP) open.pop();
    else if (event.type === EVENT_ID.ALIAS) {
      const name = source.slice(event.anchorStart, event.anchorEnd);
      if (open.includes(name)) throw new Unusable([`${file}:${lineFinder(source)(event.anchorStart)}: *${name} stands within &${name}, so it has no end`]);
    } else if (event.type !== EVENT_ID.SCALAR) open.push(event.type === EVENT_ID.DOCUMENT ? "" : source.slice(event.anchorStart, event.anchorEnd));
  }
}

/** A value in the text, with what is in it. */
interface Node {
  start: number;
  end: number;
  readonly children: Map<Key, { readonly start: number; readonly node: Node }>;
  /** Another name of the node that it stands for. */
  alias?: Node;
}

function buildTree(source: string, events: readonly Event[], first: number): Node {
  const anchors = new Map<string, Node>();
  let at = first;
  const next = (): Node => {
    const event = events[at++];
    const node: Node = { start: 0, end: 0, children: new Map() };
    if (!event || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return node;
    const name = source.slice(event.anchorStart, event.anchorEnd);
    if (event.type === EVENT_ID.ALIAS) return Object.assign(node, { start: event.anchorStart, end: event.anchorEnd, alias: anchors.get(name) });
    if (event.anchorStart >= 0) anchors.set(name, node);
    if (event.type === EVENT_ID.SCALAR) return Object.assign(node, { start: event.valueStart, end: Math.max(event.valueStart, event.valueEnd - 1) });
    Object.assign(node, { start: event.start, end: event.start });
    for (let index = 0; events[at]?.type !== EVENT_ID.POP && at < events.length; index++) {
      const [key, start] = event.type === EVENT_ID.MAPPING ? readKey() : [index, undefined];
      const child = next();
      node.children.set(key, { start: start ?? child.start, node: child });
      node.end = Math.max(node.end, child.end);
    }
    at++;
    return node;
  };
  const readKey = (): [Key, number] => {
    const event = events[at];
    const { start } = next();
    return [event?.type === EVENT_ID.SCALAR ? getScalarValue(source, event) : "", start];
  };
  return next();
}

function excerptOf(source: string, root: Node, place: readonly Key[], lineOf: (offset: number) => number): Excerpt {
  let [found, start]: readonly [Node, number] = [root, root.start];
  let end = root.end;
  for (const key of place) {
    const child = childOf(found, key);
    end = child ? child.node.end : start;
    if (!child) break;
    [found, start] = [child.node, child.start];
  }
  const [line, last] = [lineOf(start), lineOf(end)];
  const from = source.lastIndexOf("\n", start - 1) + 1;
  const text = source.slice(from, from + mostLines * 10 * mostCharacters).split(/\r?\n/, Math.min(mostLines, Math.max(1, last - line + 1)));
  return { line, text: text.map((each) => (each.length > mostCharacters ? `${each.slice(0, mostCharacters)} ...` : each)) };
}

/** Helm writes "# Source: chart/templates/file.yaml" between the separator and what it rendered. */
function originOf(source: string, first: Event | undefined): { origin?: string } {
  if (first?.type !== EVENT_ID.MAPPING) return {};
  const before = source.slice(Math.max(0, source.lastIndexOf("---", first.start)), first.start);
  const origin = /^# Source: (.+?)\s*$/m.exec(before)?.[1];
  return origin === undefined ? {} : { origin };
}

function childOf(node: Node, key: Key): { readonly start: number; readonly node: Node } | undefined {
  const { children } = node.alias ?? node;
  const merged = children.get("<<")?.node;
  return children.get(key) ?? (merged && childOf(merged, key));
}

function lineFinder(source: string): (offset: number) => number {
  let ends: number[] | undefined;
  return (offset) => {
    ends ??= [...source.matchAll(/\n/g)].map(({ index }) => index);
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}
