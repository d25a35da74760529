import type { ReleaseSettings } from "../../release/release";
import type { Description } from "../description";
import type { Router } from "../routers/router";

/** Who moves the weight: what a release is on Kubernetes when this controller drives the router. */
export type Controller = (settings: ReleaseSettings, router: Router) => Omit<Description, "notices">;
