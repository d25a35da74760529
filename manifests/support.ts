import type { ReleaseSettings } from "../release/settings";

/** How a pair of router and controller does something: by itself, through a gate that holds the step, or not at all. */
export type Support = { readonly how: "native" | "gate"; readonly note?: string } | Refused;

export interface Refused {
  readonly how: "refused";
  /** Why, as the end of a sentence that begins with the pair. */
  readonly why: string;
}

export const native = (note?: string): Support => ({ how: "native", ...(note && { note }) });
export const gate = (note?: string): Support => ({ how: "gate", ...(note && { note }) });
export const refused = (why: string): Refused => ({ how: "refused", why });

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
export class Incompatible extends Error {
  override readonly name = "Incompatible";
  constructor(readonly refusals: readonly string[]) {
    super(refusals.join("\n"));
  }
}
