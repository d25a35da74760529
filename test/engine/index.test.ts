import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { runByPulumi } from "../support/languageHost";

const repository = join(__dirname, "..", "..");

describe("the program, as Pulumi's language host runs it", function () {
  this.timeout(120_000);
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "canary-index-"));
    for (const entry of readdirSync(repository).filter((name) => name !== "dist" && name !== ".git"))
      symlinkSync(join(repository, entry), join(folder, entry));
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = (env: NodeJS.ProcessEnv = {}) => {
    const { main = "." } = load(readFileSync(join(repository, "Pulumi.yaml"), "utf8")) as { readonly main?: string };
    const release = { application: "shop", image: "registry.example.com/shop:1.0.0", host: "shop.example.com" };
    const config = Object.fromEntries(Object.entries(release).map(([key, value]) => [`canary:${key}`, value]));
    // No cluster is asked.
    return runByPulumi(folder, { entryPoint: main, config, env: { KUBECONFIG: "/dev/null", ...env } });
  };

  it("compiles with its types and declares the release, whether the package was built or not", async () => {
    const { declared, errors } = await run();
    assert.deepEqual(errors, []);
    assert.ok(declared.includes("kubernetes:argoproj.io/v1alpha1:Rollout"), declared.join(", "));
    const built = join(folder, "dist", "components");
    mkdirSync(built, { recursive: true });
    writeFileSync(join(built, "index.js"), "");
    assert.deepEqual(await run(), { declared, errors: [] });
  });

  it("refuses a Node that is too old before anything that one cannot load", async () => {
    const preload = join(folder, "older.cjs");
    writeFileSync(preload, 'Object.defineProperty(process.versions, "node", { value: "20.20.2" });');
    const { declared, errors } = await run({ NODE_OPTIONS: `--require ${preload}` });
    assert.deepEqual(declared, ["pulumi:pulumi:Stack"]);
    assert.match(errors.join("\n"), /Node 20\.20\.2 is too old for this program; accepted: 22\.19 or later/);
  });
});
