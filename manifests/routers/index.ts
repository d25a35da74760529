import type { RouterName } from "../../release/release";
import { nginx } from "./nginx";
import type { Router } from "./router";

/** Every router, by the name that the configuration has for it. */
export const routers: Readonly<Record<RouterName, Router>> = { nginx };
