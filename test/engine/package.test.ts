// What npm would publish, in an empty project: its types, and a program of one's own under the real engine.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { KubernetesObject } from "@kubernetes/client-node";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { startProgramEngine, type ProgramEngine } from "../support/programEngine";

const repository = join(__dirname, "..", "..");

const program = `
import * as pulumi from "@pulumi/pulumi";
import { CanaryRelease, type ReleaseArgs } from "canary/components";

export const program = (webhook: string, wait: boolean) => async () => {
  const common = { host: "shop.example.com", steps: [{ weight: 10, hold: "15m" }] } satisfies Partial<ReleaseArgs>;
  const built = pulumi.output(Promise.resolve("registry.example.com/cart:1.0.0"));
  const shop = new CanaryRelease("shop", {
    ...common,
    application: "shop",
    image: "registry.example.com/shop:1.0.0",
    smokeTest: { webhook },
    wait,
  });
  const cart = new CanaryRelease("cart", { ...common, application: "cart", image: built, host: "cart.example.com" });
  const urls: string[] = [shop.url, cart.url];
  return { urls };
};
`;

describe("the package", function () {
  this.timeout(180_000);
  let engine: ProgramEngine;
  let project = "";
  let webhook = "";
  let asked = 0;
  const tester = createServer((_, response) => {
    asked++;
    response.end();
  });
  before(async () => {
    await new Promise<void>((resolve) => tester.listen(0, "127.0.0.1", resolve));
    webhook = `http://127.0.0.1:${(tester.address() as AddressInfo).port}/`;
    project = installed(mkdtempSync(join(tmpdir(), "canary-package-")));
    engine = await startProgramEngine();
  });
  after(async () => {
    rmSync(project, { recursive: true, force: true });
    tester.close();
    await engine.stop();
  });

  /** Packs this repository, and unpacks it beside links to the packages that npm would install with it. */
  function installed(folder: string): string {
    const run = (command: string, args: readonly string[]) =>
      execFileSync(command, args, { cwd: repository, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    mkdirSync(join(repository, "dist", "removed"), { recursive: true });
    writeFileSync(join(repository, "dist", "removed", "index.js"), "");
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

  it("holds what it needs, and nothing that was built before", () => {
    const files = (folder: string) => readdirSync(join(project, "node_modules", "canary", folder)).sort();
    assert.deepEqual(files("."), ["LICENSE", "README.md", "dist", "package.json"]);
    assert.deepEqual(files("dist"), ["components", "manifests", "release", "verdict"]);
  });

  for (const { says, options } of [
    { says: "from its exports", options: { module: "nodenext" } },
    {
      says: "where a tsconfig.json knows no exports",
      options: { module: "commonjs", moduleResolution: "node10", ignoreDeprecations: "6.0", noEmit: true },
    },
  ]) {
    it(`gives a program its types, ${says}`, () => {
      writeFileSync(join(project, "package.json"), JSON.stringify({ name: "program" }));
      writeFileSync(join(project, "program.ts"), program);
      const compilerOptions = { target: "es2023", strict: true, skipLibCheck: true, types: [], ...options };
      writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
      const typescript = join(repository, "node_modules", ".bin", "tsc");
      const { stdout } = spawnSync(typescript, ["-p", project], { encoding: "utf8" });
      assert.equal(stdout, "");
    });
  }

  it("refuses a Node that is too old", () => {
    const older = 'Object.defineProperty(process.versions, "node", { value: "20.20.2" });';
    const { status, stderr } = spawnSync(process.execPath, ["-e", `${older} require("canary/components");`], {
      cwd: project,
      encoding: "utf8",
    });
    assert.equal(status, 1);
    assert.match(stderr, /Error: Node 20\.20\.2 is too old for this program; accepted: 22\.19 or later\n/);
  });

  const own = (wait: boolean) => {
    const load = createRequire(join(project, "program.js"));
    return (load("./program.js") as { readonly program: (webhook: string, wait: boolean) => PulumiFn }).program(
      webhook,
      wait,
    );
  };

  it("runs two releases of one program, one of an image that is known later", async () => {
    const { stack } = await engine.stack("packed", own(false));
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
    assert.equal(asked, 1, "the smoke test of the first deploy");
  });

  it("starts its commands from its own files with plain Node", async () => {
    const { stack } = await engine.stack("waiting", own(true));
    const commands: string[] = [];
    await stack.preview({
      onEvent: ({ resourcePreEvent: event }) => {
        const create = (event?.metadata.new?.inputs as { create?: string } | undefined)?.create;
        if (event?.metadata.type === "command:local:Command" && create) commands.push(create);
      },
    });
    const scripts = commands.map((command) => /^node (\S+)$/.exec(command)?.[1] ?? command);
    const dist = join(project, "node_modules", "canary", "dist");
    const files = ["components/firstDeployTestMain.js", "verdict/main.js"].map((file) => join(dist, file));
    assert.deepEqual(scripts.map((script) => resolve(script)).sort(), files);
    const { status, stderr } = spawnSync(process.execPath, [join(dist, "verdict", "main.js")], { encoding: "utf8" });
    assert.equal(status, 1);
    assert.match(stderr, /^AWAITED /);
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
