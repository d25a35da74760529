/** One thing that must hold before work begins. */
export interface Check {
  readonly name: string;
  /** Names of checks without which this one says nothing. */
  readonly needs?: readonly string[];
  /** What to do where it does not hold; an error's own `mend` comes first. */
  readonly mend: string;
  /** What was seen; throws an error that names what is lacking. */
  readonly run: () => Promise<string>;
}

export type CheckResult = { readonly name: string } & (
  | { readonly is: "fine"; readonly seen: string }
  | { readonly is: "lacking"; readonly what: string; readonly mend: string }
  | { readonly is: "not checked"; readonly because: string }
);

/** Something lacking that has a mend of its own. */
export class Lacking extends Error {
  constructor(
    what: string,
    readonly mend: string,
  ) {
    super(what);
  }
}

/** Runs each check in turn, but those that need one which failed. Throws only when it is interrupted. */
export async function runChecks(
  checks: readonly Check[],
  signal: AbortSignal,
  report: (finding: CheckResult) => void,
): Promise<readonly CheckResult[]> {
  const findings: CheckResult[] = [];
  for (const check of checks) {
    const missing = findings.find(({ name, is }) => check.needs?.includes(name) && is !== "fine");
    const finding: CheckResult = missing
      ? { name: check.name, is: "not checked", because: `it says nothing without this: ${missing.name}` }
      : await findingOf(check, signal);
    findings.push(finding);
    report(finding);
  }
  return findings;
}

async function findingOf({ name, mend, run }: Check, signal: AbortSignal): Promise<CheckResult> {
  try {
    signal.throwIfAborted();
    return { name, is: "fine", seen: await run() };
  } catch (error) {
    signal.throwIfAborted();
    const what = error instanceof Error ? error.message : String(error);
    return { name, is: "lacking", what, mend: error instanceof Lacking ? error.mend : mend };
  }
}

/** A finding in a line, or in two where there is a mend. */
export function inWords(finding: CheckResult): string {
  switch (finding.is) {
    case "fine":
      return `  ${finding.name}: ${finding.seen}`;
    case "lacking":
      return `  - ${finding.name}: ${finding.what}\n    ${finding.mend}`;
    case "not checked":
      return `  - ${finding.name}: not checked, because ${finding.because}`;
  }
}

/** The error that names everything lacking at once; undefined where nothing is. */
export function checksError(title: string, findings: readonly CheckResult[]): Error | undefined {
  const lacking = findings.filter(({ is }) => is !== "fine");
  return lacking.length === 0 ? undefined : new Error([title, ...lacking.map(inWords)].join("\n"));
}
