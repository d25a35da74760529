import type { Severity } from "./check";

/** How a report can be written. */
export const formatNames = ["text", "json", "sarif", "junit"] as const;
export type FormatName = (typeof formatNames)[number];

export const exitCodes = { fine: 0, violations: 1, unusable: 2 };

/** How a check is asked for. */
export interface CheckOptions {
  readonly state?: string;
  readonly format: FormatName;
  readonly config?: string;
  readonly severity: Exclude<Severity, "note">;
  readonly strict: boolean;
  readonly allowEmpty: boolean;
}

/** What the thread that judges is given. */
export interface Asked extends CheckOptions {
  readonly files: readonly string[];
  /** Standard input, where it is among the files. */
  readonly input?: Uint8Array;
  /** Where it says what it is doing. */
  readonly progress: SharedArrayBuffer;
}

/** What a check ends with. */
export interface Answer {
  /** The report. */
  readonly output: string;
  /** Why nothing was judged, a line for each reason. */
  readonly problems: readonly string[];
  readonly code: number;
}
