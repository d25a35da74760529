/** One Kubernetes object to judge, and what is known of how it is declared. */
export interface Input {
  readonly object: Readonly<Record<string, unknown>>;
  /** Fields that Pulumi leaves alone (`ignoreChanges`); absent where no Pulumi program declares the object. */
  readonly ignoredFields?: readonly string[];
}

/** Stands in an object for a value that a preview cannot know yet. */
export const notKnown: unique symbol = Symbol("not known yet");

/** Why something cannot be judged; `at` is the field that could not be read. */
export class NotReadable extends Error {
  override readonly name = "NotReadable";
  constructor(
    readonly at: Field,
    reason: string,
  ) {
    super(reason);
  }
}

/** A place in an object, present or absent. Reading a value that is not known yet, or of another type, throws `NotReadable`. */
export class Field {
  constructor(
    readonly input: Input,
    private readonly value: unknown = input.object,
    /** Such as "spec.strategy.canary.steps[0].setWeight"; empty for the object itself. */
    readonly path = "",
  ) {}

  /** False for an absent field; a value that is not known yet exists. */
  get exists(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** False for a value that a preview cannot know yet. */
  get known(): boolean {
    return this.value !== notKnown;
  }

  at(...keys: readonly string[]): Field {
    return keys.reduce<Field>((field, key) => field.child(key), this);
  }

  private child(key: string): Field {
    const path = this.path === "" ? key : `${this.path}.${key}`;
    if (this.value === notKnown) return new Field(this.input, notKnown, path);
    const map = this.map();
    return new Field(this.input, Object.hasOwn(map, key) ? (map[key] ?? null) : null, path);
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
    return value.map((item, index) => new Field(this.input, item ?? null, `${this.path}[${index}]`));
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
    if (this.value === notKnown) throw new NotReadable(this, "is not known before the deployment");
    return this.value ?? undefined;
  }
}
