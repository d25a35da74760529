import type { ControllerName } from "../../release/settings";
import { argoRollouts } from "./argoRollouts";
import type { Controller } from "./controller";
import { flagger } from "./flagger";
import { pulumi } from "./pulumi";

/** Every controller, by the name that the configuration has for it. */
export const controllers: Readonly<Record<ControllerName, Controller>> = {
  pulumi,
  "argo-rollouts": argoRollouts,
  flagger,
};
