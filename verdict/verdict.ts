import type { LastMeasurement } from "./findings";
import type { LivePodTemplate } from "./statuses";
import type { WayBack } from "./controllers/argoRolloutsWayBack";

/** Where a release is: its step, and the canary's share of the requests in percent. */
export interface Position {
  /** Counted from 1; 0 before the first weight. */
  readonly step: number;
  readonly steps: number;
  readonly weight: number;
}

/** What the cluster says about a release. Only "in progress" goes on without a person, and only "promoted" is good. */
export type Verdict =
  /** `at` is unknown until the controller has seen what was applied. */
  | {
      readonly is: "in progress";
      readonly at: Position | undefined;
      readonly doing: string;
      readonly measured: readonly LastMeasurement[];
    }
  | { readonly is: "promoted"; readonly firstDeploy: boolean }
  | { readonly is: "waiting for promotion"; readonly at: Position }
  /** The analysis could not decide, and the controller holds the weight. */
  | {
      readonly is: "held";
      readonly at: Position;
      readonly findings: readonly LastMeasurement[];
      readonly message: string;
    }
  /** Somebody set `spec.paused`. */
  | { readonly is: "paused"; readonly at: Position }
  | {
      readonly is: "aborted";
      readonly findings: readonly LastMeasurement[];
      readonly message: string;
      readonly firstDeploy: boolean;
    }
  /** The controller refuses the Rollout and does nothing; `heals` if that can be a matter of seconds. */
  | { readonly is: "invalid"; readonly message: string; readonly heals: boolean }
  /** Past its progress deadline, and the controller does not take it back. */
  | { readonly is: "stuck"; readonly at: Position; readonly message: string };

/** One release, as its controller runs it. Each call throws an `Unreachable`, or an error that no retry mends. */
export interface RunningRelease {
  verdict(): Promise<Verdict>;
  /** What an aborted release has not brought back; or, as text, why there is no way back to watch any more. */
  wayBack(): Promise<(WayBack & { readonly complete: string }) | string>;
  /** What the cluster was asked to release, and what the stable version runs. */
  versions(): Promise<{ readonly asked: LivePodTemplate | undefined; readonly runs: LivePodTemplate | undefined }>;
}
