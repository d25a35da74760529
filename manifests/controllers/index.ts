import type { ControllerName } from "../../release/settings";
import { argoRollouts } from "./argoRollouts";
import type { Controller, Steering } from "./controller";
import { flagger } from "./flagger";
import { pulumi } from "./pulumi";

/** Every controller, by the name that the configuration has for it. */
export const controllers: Readonly<Record<ControllerName, Controller>> = {
  pulumi,
  "argo-rollouts": argoRollouts,
  flagger,
};

/** How the releases of a controller are steered. Throws for one that does nothing between two ups. */
export function steeringOf(controller: ControllerName): Steering {
  const { steering } = controllers[controller];
  if (!steering) throw new Error(`With controller ${controller} there is no verdict to wait for.`);
  return steering;
}
