import type { LiveMetadata } from "./kubernetes";

/** The fields of a Canary (flagger.app/v1beta1) that say how a release is going. It has no observed generation. */
export interface Canary {
  readonly metadata: LiveMetadata;
  readonly spec: { readonly analysis?: { readonly interval?: string } };
  readonly status?: CanaryStatus;
}

export interface CanaryStatus {
  readonly phase?:
    | ""
    | "Initializing"
    | "Initialized"
    | "Waiting"
    | "Progressing"
    | "WaitingPromotion"
    | "Promoting"
    | "Finalising"
    | "Succeeded"
    | "Failed"
    | "Terminating"
    | "Terminated";
  readonly canaryWeight?: number;
  readonly failedChecks?: number;
  /** When weight, phase or failed checks changed last; while the phase is Failed, when Flagger looked last. */
  readonly lastTransitionTime?: string;
  readonly conditions?: readonly { readonly message: string; readonly lastUpdateTime: string }[];
}
