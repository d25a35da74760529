import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { parseConfig, programKeys } from "../../../../release/settings/stackConfiguration";
import { releaseKeys, type Passed, type ReleaseArgs } from "../../../../release/settings";
import { configurationOf, leastRelease, refusalsOf, settingsOf } from "../../../support/releases";

interface Declared {
  readonly type: string;
  readonly description: string;
  readonly default?: unknown;
}
const { config } = load(readFileSync("Pulumi.yaml", "utf8")) as { config: Record<string, Declared> };

describe("Pulumi.yaml", () => {
  it("declares exactly the keys that a release is written with and the program's own, each with type and description", () => {
    assert.deepEqual(Object.keys(config).sort(), [...releaseKeys, ...Object.keys(programKeys)].sort());
    for (const [key, { type, description }] of Object.entries(config)) assert.ok(type && description, key);
  });

  it("has the defaults of the program, for every key but application, image and host", () => {
    const required = Object.keys(config).filter((key) => config[key]?.default === undefined);
    assert.deepEqual(required.sort(), Object.keys(leastRelease).sort());
    const defaults = Object.entries(config).filter(([key]) => !required.includes(key));
    const declared = configurationOf(Object.fromEntries(defaults.map(([key, { default: value }]) => [key, value])));
    assert.deepEqual(settingsOf({ ...declared, ...leastRelease }), settingsOf(leastRelease));
  });

  for (const stack of ["dev", "prod"]) {
    it(`is met by Pulumi.${stack}.yaml`, () => {
      const file = load(readFileSync(`Pulumi.${stack}.yaml`, "utf8")) as { config: Record<string, unknown> };
      assert.doesNotThrow(() => settingsOf(configurationOf(file.config) satisfies ReleaseArgs));
    });
  }
});

describe("stack configuration", () => {
  const given = (name: string, text: string, isSecret = false) =>
    parseConfig([{ name, text, isSecret }], (value): Passed<string> => Promise.resolve(value));

  it("refuses text that does not parse, by key, and shows no value of the environment", () => {
    assert.deepEqual(
      refusalsOf(() => given("replicas", "three")),
      ['replicas = "three": does not parse; accepted: a whole number'],
    );
    assert.match(refusalsOf(() => given("environment", "s3cret")).join(), /^environment = \(hidden\): does not parse/);
  });

  it("keeps what may be a secret of the environment, and nothing else of it", async () => {
    const { environment = {} } = given("environment", '{"TOKEN": "s3cret", "PORT": 80}', true);
    assert.ok(environment["TOKEN"] instanceof Promise);
    assert.equal(await environment["TOKEN"], "s3cret");
    assert.equal(environment["PORT"], 80);
    assert.deepEqual(given("environment", '{"LEVEL": "info"}').environment, { LEVEL: "info" });
  });

  it("refuses a secret under every other key, known or not, without showing it", () => {
    for (const name of [...releaseKeys.filter((key) => key !== "environment"), "unknown"])
      for (const text of ["s3cret", '{"inside": "s3cret"}', '"s3cret"'])
        assert.deepEqual(
          refusalsOf(() => given(name, text, true)).filter((refusal) => refusal.includes("it is a secret")),
          [
            `${name} = (hidden): it is a secret, and would stand in clear text in objects, plans and logs; accepted: a value that is no secret; secrets belong in environment`,
          ],
        );
    for (const name of releaseKeys)
      assert.ok(
        !refusalsOf(() => given(name, "s3cret {", true))
          .join()
          .includes("s3cret"),
        name,
      );
  });
});
