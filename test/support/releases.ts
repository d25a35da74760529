import assert from "node:assert/strict";
import { controllers } from "../../manifests/controllers";
import { describeRelease, type DescribedRelease } from "../../manifests/describe";
import { RefusedRelease } from "../../release/settings/refusal";
import { parseConfig } from "../../release/settings/stackConfiguration";
import { releaseSettings, type ReleaseArgs, type ReleaseSettings } from "../../release/settings";

/** The least that a release is told. */
export const leastRelease: ReleaseArgs = {
  application: "shop",
  image: "registry.example.com/shop:1.4.0",
  host: "shop.example.com",
};

/** A release that differs from the least one in what is given. */
export function releaseWith(change: Partial<ReleaseArgs> = {}): DescribedRelease {
  return describeRelease({ ...leastRelease, ...change });
}

/** Its settings, also of one that its router and controller could not do. */
export function settingsWith(change: Partial<ReleaseArgs> = {}): ReleaseSettings {
  return settingsOf({ ...leastRelease, ...change });
}

/** The settings of a release. */
export const settingsOf = (args: ReleaseArgs): ReleaseSettings => releaseSettings(args, controllers);

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

/** A test for each change of the least release that is refused: what it is, the change, and how the refusal begins. */
export function itRefuses(cases: readonly (readonly [string, object, string])[]): void {
  for (const [what, change, expected] of cases) {
    it(`refuse ${what}`, () => {
      const refusals = refusalsOf(() => settingsWith(change));
      assert.equal(refusals.length, 1, refusals.join("\n"));
      assert.ok(refusals[0]?.startsWith(expected), refusals[0]);
    });
  }
}

/** A release from a stack's file, as Pulumi would hand it on: text as it stands, everything else as JSON. */
export function configurationOf(config: object): ReleaseArgs {
  const texts = Object.entries(config).map(([key, value]) => ({
    name: key.replace("canary:", ""),
    text: typeof value === "string" ? value : JSON.stringify(value),
    isSecret: false,
  }));
  return parseConfig(texts, () => assert.fail("none of these is a secret"));
}
