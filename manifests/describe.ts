import type { ReleaseSettings } from "../release/release";
import { controllers } from "./controllers";
import type { Description } from "./description";
import { routers } from "./routers";

/** What a release is on Kubernetes: its objects, who owns which of their fields, and what the canary is judged by. */
export function describe(settings: ReleaseSettings): Description {
  const router = routers[settings.router];
  return { ...controllers[settings.controller](settings, router), notices: router.notice ? [router.notice] : [] };
}
