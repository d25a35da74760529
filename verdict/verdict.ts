import type { MetricFinding } from "./findings";
import type { LivePodTemplate } from "./types/kubernetes";
import type { WayBack } from "./wayBack";

/** Where a release is: its step, and the canary's share of the requests in percent. */
export interface Position {
  /** Counted from 1; 0 before the first weight. */
  readonly step: number;
  readonly steps: number;
  readonly weight: number;
}

/** What the cluster says about a release. Only "in progress" goes on without a person, and only "promoted" is good. */
export type Verdict =
  | {
      readonly is: "in progress";
      /** Unknown until the controller has seen what was applied. */
      readonly at: Position | undefined;
      readonly doing: string;
      readonly findings: readonly MetricFinding[];
    }
  | { readonly is: "promoted"; readonly firstDeploy: boolean }
  | { readonly is: "waiting for promotion"; readonly at: Position }
  /** Held by the controller, which could not decide: for the findings or, where there are none, for the message. */
  | {
      readonly is: "held";
      readonly at: Position;
      readonly findings: readonly MetricFinding[];
      readonly message: string;
    }
  /** Held by somebody who said so; the command lets it go on. */
  | { readonly is: "paused"; readonly at: Position; readonly message: string; readonly resume: string }
  /** For the findings or, where there are none, for the message. */
  | {
      readonly is: "aborted";
      readonly findings: readonly MetricFinding[];
      readonly message: string;
      readonly firstDeploy: boolean;
    }
  /** Refused by the controller, which does nothing. Where that may pass, it looks again within so many seconds. */
  | { readonly is: "invalid"; readonly message: string; readonly looksAgainWithin: number | undefined }
  /** Its pods do not start, and the controller does not take it back. */
  | { readonly is: "stuck"; readonly at: Position; readonly message: string };

/** One release, as its controller runs it. Each call throws an `Unreachable`, or an error that no retry mends. */
export interface RunningRelease {
  verdict(): Promise<Verdict>;
  /** What an aborted release has not brought back, and what to say once it has; text where it is aborted no more. */
  wayBack(): Promise<(WayBack & { readonly complete: string }) | string>;
  /** What the cluster was asked to release, and what the stable version runs. */
  versions(): Promise<{ readonly asked: LivePodTemplate | undefined; readonly runs: LivePodTemplate | undefined }>;
}
