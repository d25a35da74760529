import type { ControllerName, ReleaseSettings } from "../../release/release";
import type { Description } from "../description";
import type { Router } from "../routers";
import { argoRollouts } from "./argoRollouts";

/** Who moves the weight: what a release is on Kubernetes when this controller drives the router. */
export type Controller = (settings: ReleaseSettings, router: Router) => Description;

export const controllers: Readonly<Record<ControllerName, Controller>> = { "argo-rollouts": argoRollouts };
