import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { releaseKeys } from "../../../release/settings";
import { programKeys } from "../../../release/settings/stackConfiguration";
import { describeRelease } from "../../../manifests/describe";
import { pulumiYaml } from "../../../scripts/configurationDocs";
import { configurationOf, refusalsOf, releaseWith } from "../../support/releases";

const page = readFileSync("docs/configuration.md", "utf8");
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "gm"))].map(([, text = ""]) => text);

describe("docs/configuration.md", () => {
  it("begins with the keys that are required, and goes on with an example that is accepted as a whole", () => {
    const [least = "", ...more] = blocks("yaml").map((text) => load(text.replace(/^config:\n/, "")) as object);
    assert.deepEqual(Object.keys(least), ["canary:application", "canary:image", "canary:host"]);
    assert.equal(more.length, 2);
    assert.doesNotThrow(() => describeRelease(configurationOf(Object.assign({}, least, ...more))));
  });

  it("shows refusals as they are", () => {
    const refused = refusalsOf(() =>
      releaseWith({
        steps: [
          { weight: 50, hold: "10m" },
          { weight: 20, hold: "10m" },
        ],
        traffic: { requestRate: "1/m" },
        judgement: { window: "30s", noData: "fail" },
      }),
    );
    const [shown = ""] = blocks("text");
    assert.deepEqual(shown.trim().split("\n").sort(), refused.map((refusal) => `canary:${refusal}`).sort());
  });

  it("has a row for every key", () => {
    for (const key of [...releaseKeys, ...Object.keys(programKeys)]) assert.ok(page.includes(`\n| \`${key}\` | `), key);
  });
});

describe("Pulumi.yaml", () => {
  it("has types that Pulumi knows, and nothing but what it accepts of a key", () => {
    const { config } = load(pulumiYaml()) as { config: Record<string, Record<string, unknown>> };
    for (const [name, { type, items, ...rest }] of Object.entries(config)) {
      assert.match(String(type), /^(string|integer|boolean|array|object)$/, name);
      assert.equal(items !== undefined, type === "array", name);
      assert.deepEqual(
        Object.keys(rest).sort(),
        rest["default"] === undefined ? ["description"] : ["default", "description"],
      );
    }
  });
});
