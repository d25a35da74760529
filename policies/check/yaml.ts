import {
  boolYaml11Tag,
  constructFromEvents,
  CORE_SCHEMA,
  EVENT_ID,
  getScalarValue,
  mergeTag,
  parseEvents,
  YAMLException,
  type Event,
} from "js-yaml";
import { indented, looseLineOf } from "./looseLines";
import { numberTags } from "../languages/yamlNumbers";
import { Unusable } from "./unusable";

/** As Kubernetes reads YAML: "yes" and "on" are true, 070 is 56, and "<<" takes another map's keys. */
const schema = CORE_SCHEMA.withTags(mergeTag, boolYaml11Tag, ...numberTags);
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
  try {
    const { source, events } = parsed(text.replace(/^\ufeff/, ""));
    refuseCycles(file, source, events);
    const values = constructFromEvents(events, { source, schema, maxAliases });
    const lines = new Lines(source);
    const nodes = new Nodes(source, events);
    return starts(events).map((start, index) => {
      const excerpt = (place: readonly Key[]) => excerptOf(source, nodes, start + 1, place, lines);
      return { value: values[index], ...originOf(source, events[start + 1]), excerpt };
    });
  } catch (error) {
    throw error instanceof YAMLException ? new Unusable([reason(file, text, error)]) : error;
  }
}

/**
 * Within quotes, brackets and braces Kubernetes' parser minds no indentation, and generated CRDs rely on it; YAML's
 * rules want it. There it means nothing, so that the lines which lack it get some.
 */
function parsed(text: string): { readonly source: string; readonly events: Event[] } {
  try {
    return { source: text, events: parseEvents(text, {}) };
  } catch (error) {
    if (looseLineOf(error) === undefined) throw error;
    const source = indented(text);
    return { source, events: parseEvents(source, {}) };
  }
}
/** A template that was not rendered seldom is YAML: then that is said. */
function reason(file: string, source: string, { reason, mark }: YAMLException): string {
  const text = source.split("\n");
  const line = mark?.line ?? 0;
  const at = `${file}:${line + 1}`;
  const template = /\{\{-?\s*(?:[.$]|\/\*|(?:if|else|end|range|with|include|template|define|block|toYaml)\b)/;
  const found = template.test(text[line] ?? "") ? line : text.findIndex((each) => template.test(each));
  if (found >= 0)
    return `${file}:${found + 1}: is a template that was not rendered: ${text[found]?.trim().slice(0, 80)}; accepted: what it renders, as of: helm template CHART | npm run check -- -`;
  const braces = reason.includes("complex keys") ? text.findIndex((each) => /(?:^|[:,[-]\s+)\{\{/.test(each)) : -1;
  if (braces >= 0)
    return `${file}:${braces + 1}: is a map whose key is a map, as {{...}} is without quotes: ${text[braces]?.trim().slice(0, 80)}; accepted: "{{...}}"`;
  return `${at}: ${reason}`;
}

/** Where the documents begin among the events. */
function starts(events: readonly Event[]): readonly number[] {
  return [...events.keys()].filter((index) => events[index]?.type === EVENT_ID.DOCUMENT);
}

/** An anchor within itself would make a value without an end. */
function refuseCycles(file: string, source: string, events: readonly Event[]): void {
  if (!events.some(({ type }) => type === EVENT_ID.ALIAS)) return;
  const open: string[] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.POP) open.pop();
    else if (event.type === EVENT_ID.ALIAS) {
      const name = source.slice(event.anchorStart, event.anchorEnd);
      if (open.includes(name))
        throw new Unusable([
          `${file}:${new Lines(source).at(event.anchorStart)}: *${name} stands within &${name}, so it has no end`,
        ]);
    } else if (event.type !== EVENT_ID.SCALAR)
      open.push(event.type === EVENT_ID.DOCUMENT ? "" : source.slice(event.anchorStart, event.anchorEnd));
  }
}

/** A node of the text: where its event is among all, and from where in the text it counts. */
interface Found {
  readonly at: number;
  readonly start: number;
}

/** The nodes of a file, as far as they were asked for: those in a node follow its event. */
class Nodes {
  private readonly known = new Map<number, ReadonlyMap<Key, Found>>();
  private readonly ends = new Map<number, number>();
  private readonly targets = new Map<number, number>();

  constructor(
    private readonly source: string,
    private readonly events: readonly Event[],
  ) {}

  /** What a key leads to, also through an alias or from another map that is merged. */
  child(at: number, key: Key): Found | undefined {
    const children = this.children(this.resolved(at));
    const merged = children.get("<<");
    return children.get(key) ?? (merged && this.child(merged.at, key));
  }

  startOf(at: number): number {
    const event = this.events[at];
    switch (event?.type) {
      case EVENT_ID.ALIAS:
        return event.anchorStart;
      case EVENT_ID.SCALAR:
        return event.valueStart;
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE:
        return event.start;
      default:
        return 0;
    }
  }

  endOf(at: number): number {
    const known = this.ends.get(at);
    if (known !== undefined) return known;
    const end = this.findEnd(at);
    this.ends.set(at, end);
    return end;
  }

  private findEnd(at: number): number {
    const [event, start] = [this.events[at], this.startOf(at)];
    if (event?.type === EVENT_ID.ALIAS) return event.anchorEnd;
    if (event?.type === EVENT_ID.SCALAR) return Math.max(start, event.valueEnd - 1);
    return [...this.children(at).values()].reduce((end, child) => Math.max(end, this.endOf(child.at)), start);
  }

  /** The items of a list by their position, and the values of a map by their key. */
  private children(of: number): ReadonlyMap<Key, Found> {
    const known = this.known.get(of);
    if (known) return known;
    const children = new Map<Key, Found>();
    this.known.set(of, children);
    const type = this.events[of]?.type;
    if (type !== EVENT_ID.MAPPING && type !== EVENT_ID.SEQUENCE) return children;
    for (let at = of + 1; at < this.events.length && this.events[at]?.type !== EVENT_ID.POP;) {
      const value = type === EVENT_ID.MAPPING ? this.after(at) : at;
      children.set(type === EVENT_ID.MAPPING ? this.keyAt(at) : children.size, { at: value, start: this.startOf(at) });
      at = this.after(value);
    }
    return children;
  }

  private keyAt(at: number): string {
    const event = this.events[at];
    return event?.type === EVENT_ID.SCALAR ? getScalarValue(this.source, event) : "";
  }

  /** The place after a node's last event. */
  private after(at: number): number {
    let depth = 0;
    do {
      const type = this.events[at++]?.type;
      if (type === EVENT_ID.POP) depth--;
      else if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth++;
    } while (depth > 0 && at < this.events.length);
    return at;
  }

  /** The node that an alias stands for; any other node itself. */
  private resolved(at: number): number {
    const alias = this.events[at];
    if (alias?.type !== EVENT_ID.ALIAS) return at;
    const target = this.targets.get(at) ?? this.named(at, alias);
    this.targets.set(at, target);
    return target;
  }

  /** The last node before an alias that has its name. */
  private named(at: number, alias: Event): number {
    const nameOf = (event: Event | undefined) =>
      event && "anchorStart" in event ? this.source.slice(event.anchorStart, event.anchorEnd) : "";
    for (let before = at - 1; before >= 0; before--) {
      const event = this.events[before];
      if (event?.type !== EVENT_ID.ALIAS && nameOf(event) === nameOf(alias)) return before;
    }
    return at;
  }
}

function excerptOf(source: string, nodes: Nodes, root: number, place: readonly Key[], lines: Lines): Excerpt {
  let found: Found = { at: root, start: nodes.startOf(root) };
  let end: number | undefined;
  for (const key of place) {
    const child = nodes.child(found.at, key);
    end = child ? undefined : found.start;
    if (!child) break;
    found = child;
  }
  const [line, last] = [lines.at(found.start), lines.at(end ?? nodes.endOf(found.at))];
  const from = lines.begin(line);
  const text = source
    .slice(from, from + mostLines * 10 * mostCharacters)
    .split(/\r?\n/, Math.min(mostLines, Math.max(1, last - line + 1)));
  return {
    line,
    text: text.map((each) => (each.length > mostCharacters ? `${each.slice(0, mostCharacters)} ...` : each)),
  };
}

/** Helm writes "# Source: chart/templates/file.yaml" between the separator and what it rendered. */
function originOf(source: string, first: Event | undefined): { origin?: string } {
  if (first?.type !== EVENT_ID.MAPPING) return {};
  const before = source.slice(Math.max(0, source.lastIndexOf("---", first.start)), first.start);
  const origin = /^# Source: (.+?)\s*$/m.exec(before)?.[1];
  return origin === undefined ? {} : { origin };
}

/** The lines of a text, which begin with 1. */
class Lines {
  private ends: readonly number[] | undefined;

  constructor(private readonly source: string) {}

  /** The line of a position. */
  at(offset: number): number {
    const ends = this.known();
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  }

  /** The position at which a line begins. */
  begin(line: number): number {
    return line <= 1 ? 0 : (this.known()[line - 2] ?? 0) + 1;
  }

  private known(): readonly number[] {
    return (this.ends ??= lineEnds(this.source));
  }
}

function lineEnds(source: string): number[] {
  const ends: number[] = [];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) ends.push(at);
  return ends;
}
