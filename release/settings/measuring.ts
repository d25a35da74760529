import type { Step } from "../plan";

/** What the settings of a release need to know of the controller that runs it. */
export interface ControllerTraits {
  /** Whether it measures a step when an interval of it is over, and not at any time. */
  readonly measuresAfterInterval: boolean;
  /** Whether it holds a step for a person without another program in the cluster. */
  readonly holdsByItself: boolean;
}

/** When a canary is measured; in seconds. */
export interface Measuring extends ControllerTraits {
  readonly interval: number;
  readonly window: number;
  readonly initialDelay: number;
}

interface Given {
  readonly judgement: {
    readonly interval?: number | undefined;
    readonly window: number;
    readonly initialDelay?: number | undefined;
  };
  readonly prometheus: { readonly scrapeInterval: number };
}

/**
 * When a release is measured that may not say so. Prometheus may take ten seconds to discover a pod, and needs two
 * samples of it. The interval is half a minute; one after which the first measurement comes has to find samples too.
 */
export function measuringOf({ judgement, prometheus }: Given, traits: ControllerTraits): Measuring {
  const { window, initialDelay = 10 + 2 * prometheus.scrapeInterval } = judgement;
  const { interval = traits.measuresAfterInterval ? Math.max(30, initialDelay) : 30 } = judgement;
  return { ...traits, interval, window, initialDelay };
}

/** Room for one measurement of a step alone: the least hold, in seconds, and what it is made of. */
export function roomOf(index: number, measuring: Measuring): { readonly least: number; readonly words: string } {
  const { interval, window, initialDelay, measuresAfterInterval } = measuring;
  const measurable = index === 0 ? Math.max(window, initialDelay) : window;
  const parts = index === 0 ? "the longer of initial delay and window," : "one window";
  return measuresAfterInterval
    ? { least: Math.max(measurable, interval), words: `${parts} and for one interval of the judgement` }
    : { least: measurable + interval, words: `${parts} and one interval of the judgement` };
}

/** Whether all requests go to the canary for too short a time to judge it. */
export function measuresNothing({ weight, hold }: Step, index: number, measuring: Measuring): boolean {
  return weight === 100 && hold !== "until promoted" && hold < roomOf(index, measuring).least;
}
