import { releaseSettings, type ReleaseArgs, type ReleaseSettings } from "../../release/release";

/** The least that a release is told. */
export const leastRelease: ReleaseArgs = { application: "shop", image: "registry.example.com/shop:1.4.0", host: "shop.example.com" };

/** Settings of a release that differs from the least one in what is given. */
export function settingsWith(change: Partial<ReleaseArgs> = {}): ReleaseSettings {
  return releaseSettings({ ...leastRelease, ...change });
}
