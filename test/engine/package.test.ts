// What npm would publish, in an empty project: its types, and a program of one's own under the real engine.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubernetesObject } from "@kubernetes/client-node";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { startProgramEngine, type ProgramEngine } from "../support/programEngine";

const repository = join(__dirname, "..", "..");

const program = `
import * as pulumi from "@pulumi/pulumi";
import { CanaryRelease, type ReleaseArgs } from "canary/components";

export async function program() {
  const common = { host: "shop.example.com", steps: [{ weight: 10, hold: "15m" }] } satisfies Partial<ReleaseArgs>;
  const built = pulumi.output(Promise.resolve("registry.example.com/cart:1.0.0"));
  const shop = new CanaryRelease("shop", { ...common, application: "shop", image: "registry.example.com/shop:1.0.0" });
  const cart = new CanaryRelease("cart", { ...common, application: "cart", image: built, host: "cart.example.com" });
  const urls: string[] = [shop.url, cart.url];
  return { urls };
}
`;

describe("the package", function () {
  this.timeout(180_000);
  let engine: ProgramEngine;
  let project = "";
  before(async () => {
    project = installed(mkdtempSync(join(tmpdir(), "canary-package-")));
    engine = await startProgramEngine();
  });
  after(async () => {
    rmSync(project, { recursive: true, force: true });
    await engine.stop();
  });

  /** Packs this repository, and unpacks it beside links to the packages that npm would install with it. */
  function installed(folder: string): string {
    const run = (command: string, args: readonly string[]) =>
      execFileSync(command, args, { cwd: repository, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    run("npm", ["pack", "--silent", "--pack-destination", folder]);
    const [archive = ""] = readdirSync(folder);
    const packages = join(folder, "node_modules");
    mkdirSync(join(packages, "canary"), { recursive: true });
    run("tar", ["-xzf", join(folder, archive), "-C", join(packages, "canary"), "--strip-components=1"]);
    const manifest = JSON.parse(readFileSync(join(packages, "canary", "package.json"), "utf8")) as Manifest;
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      mkdirSync(join(packages, name, ".."), { recursive: true });
      symlinkSync(join(repository, "node_modules", name), join(packages, name));
    }
    return folder;
  }

  it("holds what it needs, and nothing else", () => {
    const files = readdirSync(join(project, "node_modules", "canary"));
    assert.deepEqual(files.sort(), ["LICENSE", "README.md", "dist", "package.json"]);
  });

  it("gives a program its types", () => {
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "program" }));
    writeFileSync(join(project, "program.ts"), program);
    const options = { module: "nodenext", target: "es2023", strict: true, skipLibCheck: true, types: [] };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["program.ts"] }));
    const typescript = join(repository, "node_modules", ".bin", "tsc");
    assert.equal(execFileSync(typescript, ["-p", project], { encoding: "utf8" }), "");
  });

  it("runs two releases of one program, one of an image that is known later", async () => {
    const load = createRequire(join(project, "program.js"));
    const { program: own } = load("./program.js") as { readonly program: PulumiFn };
    const { stack } = await engine.stack("packed", own);
    const { outputs } = await stack.up();
    assert.deepEqual(outputs["urls"]?.value, ["http://shop.example.com/", "http://cart.example.com/"]);
    for (const name of ["shop", "cart"]) {
      const metadata = { namespace: "default", name };
      const rollout = (await engine.api.objects.read({
        apiVersion: "argoproj.io/v1alpha1",
        kind: "Rollout",
        metadata,
      })) as Rollout;
      const images = rollout.spec.template.spec.containers.map(({ image }) => image);
      assert.deepEqual(images, [`registry.example.com/${name}:1.0.0`]);
    }
  });
});

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

interface Rollout extends KubernetesObject {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}
