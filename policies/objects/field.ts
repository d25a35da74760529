import { fieldPath } from "../../release/fieldPath";
import { hidden, type Input } from "./input";

/** Why something cannot be judged; `at` is the field that could not be read. */
export class NotReadable extends Error {
  override readonly name = "NotReadable";
  constructor(
    readonly at: Field,
    reason: string,
  ) {
    // A stack costs more than all the rest of it, and is read by nobody.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(reason);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Something that is wrong with a field. */
export interface Fault {
  readonly at: Field;
  readonly reason: string;
}

/**
 * A place in an object, present or absent. Reading a value that is hidden, or of another type, throws `NotReadable`.
 */
export class Field {
  constructor(
    readonly input: Input,
    private readonly value: unknown = input.object,
    private readonly around?: Field,
    private readonly key?: string | number,
  ) {}

  /** The keys and positions that lead to it; none for the object itself. */
  get place(): readonly (string | number)[] {
    const around = this.around?.place ?? [];
    return this.key === undefined ? around : [...around, this.key];
  }

  /** Such as "spec.strategy.canary.steps[0].setWeight"; empty for the object itself. */
  get path(): string {
    return fieldPath(this.place);
  }

  /** False for an absent field; a value that is not known yet exists. */
  get exists(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** False for a value that a preview cannot know yet, and for a secret. */
  get known(): boolean {
    return typeof this.value !== "symbol" || !hidden.has(this.value);
  }

  at(...keys: readonly string[]): Field {
    return keys.reduce<Field>((field, key) => field.child(key), this);
  }

  private child(key: string): Field {
    if (!this.known) return new Field(this.input, this.value, this, key);
    const map = this.map();
    return new Field(this.input, Object.hasOwn(map, key) ? (map[key] ?? null) : null, this, key);
  }

  /** The keys of a map; none if it is absent. */
  keys(): readonly string[] {
    return Object.keys(this.map());
  }

  /** The items of a list; none if it is absent. */
  list(): readonly Field[] {
    const value = this.read();
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw new NotReadable(this, "is not a list");
    return value.map((item, index) => new Field(this.input, item ?? null, this, index));
  }

  text(): string | undefined {
    const value = this.read();
    if (value === undefined || typeof value === "string") return value;
    throw new NotReadable(this, "is not text");
  }

  /** Also reads a number that is written as text, as Kubernetes' int-or-string fields allow. */
  number(): number | undefined {
    const value = this.read();
    if (value === undefined || typeof value === "number") return value;
    if (typeof value === "string" && /^-?\d+$/.test(value)) return Number(value);
    throw new NotReadable(this, "is not a number");
  }

  get isTrue(): boolean {
    return this.read() === true;
  }

  private map(): Readonly<Record<string, unknown>> {
    const value = this.read();
    if (value === undefined) return {};
    if (typeof value !== "object" || Array.isArray(value)) throw new NotReadable(this, "is not a map");
    return value as Readonly<Record<string, unknown>>;
  }

  private read(): NonNullable<unknown> | undefined {
    if (!this.known) throw new NotReadable(this, hidden.get(this.value) ?? "");
    return this.value ?? undefined;
  }
}

/** What is read, or why it cannot be. */
export function readOrWhyNot<Value>(read: () => Value): Value | NotReadable {
  try {
    return read();
  } catch (error) {
    if (error instanceof NotReadable) return error;
    throw error;
  }
}

/** What is read, or nothing where it cannot be read. */
export function ifReadable<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof NotReadable) return undefined;
    throw error;
  }
}

/** The name that an object declares, asked of any field of it. */
export function nameIn({ input }: Field): string {
  return new Field(input).at("metadata", "name").text() ?? "";
}

/** The namespace that an object declares, asked of any field of it; "" where it leaves that to the provider. */
export function namespaceOf({ input }: Field): string {
  return new Field(input).at("metadata", "namespace").text() ?? "";
}
