/** What is wrong with what became of a configuration. */
export interface Fault {
  /** The rule that is broken, as a sentence. */
  readonly rule: string;
  readonly says: string;
  /** What it says without names and numbers: two faults of one kind and rule have one cause, most likely. */
  readonly kind: string;
}

/** Faults of one rule, of what was said of it; nothing where nothing was. */
export const faultsOf = (rule: string, said: readonly (string | undefined)[], kind?: string): readonly Fault[] =>
  said.flatMap((says) => (says === undefined ? [] : [{ rule, says, kind: kind ?? kindOf(says) }]));

function kindOf(says: string): string {
  const [line = ""] = says.split("\n");
  return line
    .replace(/\\?"(?:[^"\\]|\\[^"])*\\?"|'[^']*'|`[^`]*`|\b\d\w*/g, "")
    .slice(0, 120)
    .trim();
}

export const isSame = (a: Fault, b: Fault): boolean => a.rule === b.rule && a.kind === b.kind;

/** What an attempt throws; undefined where it throws nothing. */
export function thrownBy(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** What steers a terminal or a log, and halves of a character; a tab does not. */
export const controls = /(?!\t)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
