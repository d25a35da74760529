import type { ReleaseSettings } from "../../release/settings";
import { formatDuration } from "../../release/units";
import { cannot, Incompatible } from "../support";
import type { CanaryAnalysis } from "../types/flagger";
import { refuseFormats } from "./headers";

/** Flagger's own cookies, a new value each release; only routers on which it writes routes of its own have them. */
export function sessionAffinity(settings: ReleaseSettings): Pick<CanaryAnalysis, "sessionAffinity"> {
  const { cookie, maxAge } = settings.sticky;
  refuseFormats(settings, "Flagger writes it into a header that Envoy reads as a format", cookie);
  return cookie ? { sessionAffinity: { cookieName: cookie, primaryCookieName: `${cookie}-stable`, maxAge } } : {};
}

/** What to know of Flagger's cookies. */
export function affinityNotices({ router, sticky, judgement }: ReleaseSettings): readonly string[] {
  if (!sticky.cookie) return [];
  const interval = formatDuration(judgement.interval);
  return [
    `router ${router} with controller flagger: who gets the canary keeps it by the cookie "${sticky.cookie}"; who gets the stable version keeps it for ${interval} at a time, so that more users than the weight says meet the canary in the end`,
  ];
}

/** Throws `Incompatible` where a release asks for something that Flagger's cookies would spoil. */
export function refuseBesideSticky(settings: ReleaseSettings, asked: string | false, why: string): void {
  const { cookie } = settings.sticky;
  if (asked && cookie)
    throw new Incompatible([cannot(`sticky.cookie = "${cookie}"`, settings, `with ${asked}, ${why}`)]);
}

/** In flight Flagger puts a route for each cookie before the one with the weights. */
export const routesBeforeWeights = ({ sticky }: ReleaseSettings): number => (sticky.cookie ? 2 : 0);
