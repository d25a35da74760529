import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { parseConfig, programKeys } from "../../../../release/settings/stackConfiguration";
import { releaseKeys, type ReleaseArgs } from "../../../../release/settings";
import { leastRelease, settingsOf } from "../../../support/releases";

interface Declared {
  readonly type: string;
  readonly description: string;
  readonly default?: unknown;
}
const { config } = load(readFileSync("Pulumi.yaml", "utf8")) as { config: Record<string, Declared> };

/** What Pulumi hands to the program: text as it stands, everything else as JSON. */
const handedOn = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

describe("Pulumi.yaml", () => {
  it("declares exactly the keys that a release is written with and the program's own, each with type and description", () => {
    assert.deepEqual(Object.keys(config).sort(), [...releaseKeys, ...Object.keys(programKeys)].sort());
    for (const [key, { type, description }] of Object.entries(config)) assert.ok(type && description, key);
  });

  it("has the defaults of the program, for every key but application, image and host", () => {
    const required = Object.keys(config).filter((key) => config[key]?.default === undefined);
    assert.deepEqual(required.sort(), Object.keys(leastRelease).sort());
    const defaults = Object.entries(config).filter(([key]) => !required.includes(key));
    const declared = parseConfig(defaults.map(([key, { default: value }]) => [key, handedOn(value)]));
    assert.deepEqual(settingsOf({ ...declared, ...leastRelease }), settingsOf(leastRelease));
  });

  for (const stack of ["dev", "prod"]) {
    it(`is met by Pulumi.${stack}.yaml`, () => {
      const file = load(readFileSync(`Pulumi.${stack}.yaml`, "utf8")) as { config: Record<string, unknown> };
      const entries = Object.entries(file.config).map(
        ([key, value]) => [key.replace("canary:", ""), handedOn(value)] as const,
      );
      assert.doesNotThrow(() => settingsOf(parseConfig(entries) satisfies ReleaseArgs));
    });
  }
});

describe("stack configuration", () => {
  it("refuses text that does not parse, by key", () => {
    assert.throws(
      () => parseConfig([["replicas", "three"]]),
      /replicas = "three": does not parse; accepted: a whole number/,
    );
    assert.throws(
      () => parseConfig([["environment", "s3cret"]]),
      (error: Error) => !error.message.includes("s3cret"),
    );
  });
});
