import { RefusedRelease } from "../../release/settings/refusal";
import { releaseSettings, type ReleaseArgs, type ReleaseSettings } from "../../release/settings";

/** The least that a release is told. */
export const leastRelease: ReleaseArgs = {
  application: "shop",
  image: "registry.example.com/shop:1.4.0",
  host: "shop.example.com",
};

/** Settings of a release that differs from the least one in what is given. */
export function settingsWith(change: Partial<ReleaseArgs> = {}): ReleaseSettings {
  return releaseSettings({ ...leastRelease, ...change });
}

/** What a release is refused for; nothing where it is not. */
export function refusalsOf(attempt: () => unknown): readonly string[] {
  try {
    attempt();
  } catch (error) {
    if (error instanceof RefusedRelease) return error.refusals;
    throw error;
  }
  return [];
}
