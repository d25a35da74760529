import { createHash } from "node:crypto";
import type { ReleaseSettings } from "../../release/settings";
import { asHeader, type CookieRule, type HeaderRule, type Segment } from "../../release/settings/segments";
import { cannot, Incompatible } from "../support";
import type { Track } from "../metadata";

/** The rules of a segment as rules about headers, all cookies being one. */
export function headersOf({ when }: Segment): readonly HeaderRule[] {
  return when.map(asHeader);
}

/** Throws `Incompatible` for each segment that a router says it cannot tell. */
export function refuseSegments(settings: ReleaseSettings, whyNot: (segment: Segment) => string | false): void {
  const refusals = settings.segments.flatMap((segment, index) => {
    const why = whyNot(segment);
    return why ? cannot(`segments[${index}] = ${segment.name}`, settings, why) : [];
  });
  if (refusals.length > 0) throw new Incompatible(refusals);
}

/** Why a router whose matches list headers by name cannot tell a segment. */
export function namesHeaderTwice(segment: Segment): string | false {
  const names = headersOf(segment).map(({ header }) => header);
  return new Set(names).size < names.length && "a match names each header once, and all cookies are one header";
}

/** The cookie of who was given a version in this release; with another image or attempt everybody is given one anew. */
export function pinOf(settings: ReleaseSettings, version: Track): CookieRule {
  return { cookie: settings.sticky.cookie, value: `${version}-${tokenOf(settings)}` };
}

/**
 * What tells this release from the last one, in a cookie's value. Throws `Incompatible` where the image is known later.
 */
export function tokenOf(settings: ReleaseSettings): string {
  const { image, attempt, sticky } = settings;
  if (typeof image !== "string") {
    throw new Incompatible([
      cannot(
        `sticky.cookie = "${sticky.cookie}"`,
        settings,
        "the cookie tells one release from the next by the image, which is known later",
      ),
    ]);
  }
  return createHash("sha256").update(`${image} ${attempt}`).digest("hex").slice(0, 8);
}

/**
 * The header of an answer that gives a user the sticky cookie; `literal` writes what users named in the language that
 * the router reads the header's value in.
 */
export function setCookie(
  { sticky, path, tlsSecret }: ReleaseSettings,
  value: string,
  literal = (text: string) => text,
): Readonly<Record<"set-cookie", string>> {
  const cookie = `${literal(sticky.cookie)}=${value}; Path=${literal(path)}; Max-Age=${sticky.maxAge}`;
  return { "set-cookie": `${cookie}; HttpOnly; SameSite=Lax${tlsSecret ? "; Secure" : ""}` };
}

/** Throws `Incompatible` for a sticky cookie that Envoy would read as a format string, where nobody escapes it. */
export function refuseFormats(settings: ReleaseSettings, why: string, ...texts: readonly string[]): void {
  const { cookie } = settings.sticky;
  const found = cookie === "" ? undefined : texts.find((text) => text.includes("%"));
  if (found === undefined) return;
  throw new Incompatible([cannot(`sticky.cookie = "${cookie}"`, settings, `with a % in "${found}", ${why}`)]);
}
