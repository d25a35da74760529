import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readYaml } from "../../../policies/check/yaml";
import { releaseWith } from "../../support/releases";

const root = join(__dirname, "..", "..", "..");
const folder = mkdtempSync(join(tmpdir(), "canary-plan-"));
after(() => rmSync(folder, { recursive: true }));

function plan(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["-r", require.resolve("ts-node/register/transpile-only"), join(root, "commands", "printPlan.ts"), ...args],
    { cwd: folder, env: { ...process.env, TS_NODE_PROJECT: join(root, "tsconfig.json") }, encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

describe("npm run plan -- --yaml", function () {
  this.timeout(60_000);
  const required =
    "canary:application: shop\n  canary:image: registry.example.com/shop:1.4.0\n  canary:host: shop.example.com";

  it("prints the objects that the program declares as Kubernetes reads YAML, and of a secret that there is one", () => {
    writeFileSync(
      join(folder, "Pulumi.dev.yaml"),
      `config:\n  ${required}\n  canary:environment:\n    TOKEN: { secure: AAABADe9 }\n    LEVEL: "on"\n`,
    );
    const { status, stdout, stderr } = plan("--stack", "dev", "--yaml");
    assert.equal(status, 0, stderr);
    const hidden = { apply: (make: (text: string) => unknown) => make("[secret]"), toJSON: () => "[secret]" };
    const { objects } = releaseWith({ environment: { TOKEN: hidden, LEVEL: hidden } });
    assert.match(stdout, /kind: "?Secret"?/);
    assert.deepEqual(
      readYaml("standard output", stdout).map(({ value }) => value),
      JSON.parse(JSON.stringify(objects.map(({ object }) => object))),
    );
    assert.ok(!stdout.includes("AAABADe9"));
  });

  it("reads numbers as Pulumi does", () => {
    writeFileSync(
      join(folder, "Pulumi.dev.yaml"),
      `config:\n  ${required}\n  canary:port: 0x1F90\n  canary:steps: [{ weight: 010, hold: 10m }]\n`,
    );
    const { status, stdout, stderr } = plan("--stack", "dev", "--json");
    assert.equal(status, 0, stderr);
    const { steps } = JSON.parse(stdout) as { steps: { weight: number }[] };
    assert.deepEqual(
      steps.map(({ weight }) => weight),
      [8],
    );
  });

  it("refuses a secret under another key than the environment", () => {
    writeFileSync(
      join(folder, "Pulumi.dev.yaml"),
      `config:\n  ${required}\n  canary:smokeTest:\n    webhook: { secure: AAABADe9 }\n`,
    );
    const { status, stdout, stderr } = plan("--stack", "dev", "--yaml");
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /canary:smokeTest = \(hidden\): it is a secret/);
  });

  it("prints nothing of a release that is refused but why", () => {
    writeFileSync(join(folder, "Pulumi.wrong.yaml"), `config:\n  ${required}\n  canary:replicas: 0\n`);
    const { status, stdout, stderr } = plan("--stack", "wrong", "--yaml");
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /canary:replicas/);
  });
});
