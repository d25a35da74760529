import type { ReleaseSettings } from "../../release/settings";
import type { Description } from "../description";
import type { Driver, Router } from "../routers/router";
import type { ControlFeature, Refused, Support } from "../support";

/** Who moves the weight. */
export interface Controller {
  readonly supports: Readonly<Record<ControlFeature, Support>>;
  /** What a release is on Kubernetes when this controller drives the router, which it can. */
  readonly describe: (settings: ReleaseSettings, router: Router) => Description;
}

/** A pair's driver; a pair without one has been refused before. */
export function possible<Render>(driver: Driver<Render> | Refused): Driver<Render> {
  if ("why" in driver) throw new Error(`this pair is refused: ${driver.why}`);
  return driver;
}
