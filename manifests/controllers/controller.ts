import type { ReleaseSettings } from "../../release/release";
import type { Description } from "../description";
import type { ControlFeature, Meaning, Refused } from "../meaning";
import type { Router, Way } from "../routers/router";

/** Who moves the weight. */
export interface Controller {
  readonly can: Readonly<Record<ControlFeature, Meaning>>;
  /** How it drives a router, or why it does not. */
  readonly way: (router: Router) => Way<unknown> | Refused;
  /** What a release is on Kubernetes when this controller drives the router, which it can. */
  readonly describe: (settings: ReleaseSettings, router: Router) => Description;
}

/** The way of driving a router that is there: a pair without one is refused before. */
export function wayOf<Drive>(way: Way<Drive> | Refused): Way<Drive> {
  if ("means" in way) throw new Error(`this pair is refused: ${way.why}`);
  return way;
}
