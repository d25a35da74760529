import type { ReleaseSettings } from "../release/release";

/**
 * What a feature means on a pair of router and controller: done by their own means, through a gate that holds the step,
 * or refused.
 */
export type Meaning = { readonly means: "native" | "gate"; readonly note?: string } | Refused;

export interface Refused {
  readonly means: "refused";
  /** Why, as the end of a sentence that begins with the pair. */
  readonly why: string;
}

export const native = (note?: string): Meaning => ({ means: "native", ...(note && { note }) });
export const gate = (note?: string): Meaning => ({ means: "gate", ...(note && { note }) });
export const refused = (why: string): Refused => ({ means: "refused", why });

/** What depends on the router and on who drives it. */
export type RoutingFeature = "segments" | "never" | "sticky" | "mirror" | "autoscaling" | "smoke test";

/** What depends on the controller alone. */
export type ControlFeature =
  | "holds"
  | "promotion"
  | "warnings"
  | "goes on by itself"
  | "no data holds"
  | "no data passes"
  | "smoke test by a Job"
  | "wait";

export type Feature = RoutingFeature | ControlFeature;

/** A line for what a release asks of its pair, and why the pair cannot mean it. */
export function cannot(
  asked: string,
  { router, controller }: Pick<ReleaseSettings, "router" | "controller">,
  why: string,
): string {
  return `${asked}: router ${router} with controller ${controller}: ${why}`;
}

/** What a pair cannot mean, although another may: a line for each key, without what would be accepted instead. */
export class RefusedByPair extends Error {
  override readonly name = "RefusedByPair";
  constructor(readonly refusals: readonly string[]) {
    super(refusals.join("\n"));
  }
}
