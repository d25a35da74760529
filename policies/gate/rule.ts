import { NotReadable, type Fault, type Field } from "../objects/field";
import type { Input } from "../objects/input";
import type { ObjectSet } from "../objects/objectSet";

/** A number that a rule is configured with. */
export interface Limit {
  readonly default: number;
  readonly least: number;
  readonly most: number;
  /** What it bounds, with its unit. */
  readonly description: string;
}

/** What a rule finds: something wrong, or something that it cannot see and so neither refuses nor passes. */
export interface Finding {
  readonly kind: "violation" | "not judged";
  readonly object: Input["object"];
  /** Path of the field; absent for the object as a whole. */
  readonly field?: string;
  /** The keys and positions that lead to the field; none for the object as a whole. */
  readonly place: Field["place"];
  readonly message: string;
  /** A value of the field that the rule accepts. */
  readonly mended?: unknown;
}

/**
 * One thing that makes a release unsafe to try. `LimitName` are the names of the numbers that it is configured with.
 */
export interface Rule<LimitName extends string = string> {
  /** In kebab-case; the name of its policy, and of its file. */
  readonly name: string;
  readonly severity: "error" | "warning";
  /** What is wrong where the rule is broken. */
  readonly wrong: string;
  /** Why that hurts. */
  readonly why: string;
  readonly mend: string;
  /** Where the fact behind the rule is written down. */
  readonly source: string;
  /** Kinds that it judges, with their API group: "Service", "apps/Deployment". */
  readonly kinds: readonly string[];
  /**
   * For a rule by what is missing: of an object alone it would find a violation that another object, declared after it,
   * takes away. It is judged only when all objects are known.
   */
  readonly needsAllObjects?: true;
  readonly limits: Readonly<Record<LimitName, Limit>>;
  /** May throw `NotReadable`: what is left of the object is then not judged. */
  judge(object: Field, objects: ObjectSet, limits: Readonly<Record<LimitName, number>>): Iterable<Finding>;
}

/** Something wrong with a field. `mended` is a value of that field which the rule accepts, where it knows one. */
export function violation(field: Field, message: string, mended?: unknown): Finding {
  return { ...finding("violation", field, message), ...(mended !== undefined && { mended }) };
}

/** A fault as a violation; none for no fault. */
export function violationOf(fault: Fault | undefined): readonly Finding[] {
  return fault ? [violation(fault.at, fault.reason)] : [];
}

/** What cannot be read, as a finding. */
export function notJudged({ at, message }: NotReadable): Finding {
  return finding("not judged", at, message);
}

function finding(kind: Finding["kind"], { input: { object }, path, place }: Field, message: string): Finding {
  return { kind, object, place, ...(path !== "" && { field: path }), message };
}

/** Turns what cannot be read into a finding; what was found before it stays. */
export function* attempt(judge: () => Iterable<Finding>): Iterable<Finding> {
  try {
    yield* judge();
  } catch (error) {
    if (!(error instanceof NotReadable)) throw error;
    yield notJudged(error);
  }
}
