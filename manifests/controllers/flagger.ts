import { native, refused } from "../meaning";
import { wayOf, type Controller } from "./controller";

/** A Deployment that Flagger copies, and a Canary that tells it how to release the next version. */
export const flagger: Controller = {
  can: { holds: refused("not yet"), promotion: refused("not yet"), "no data holds": refused("not yet"), "no data passes": native(), wait: refused("not yet") },
  way: ({ byFlagger }) => byFlagger,
  describe: (settings, router) => {
    wayOf(router.byFlagger).drive(settings);
    throw new Error("not yet");
  },
};
