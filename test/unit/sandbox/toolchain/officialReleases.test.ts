import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { officialReleases, releaseOf } from "../../../../sandbox/toolchain/officialReleases";
import { isAtLeast, moduleDirectory, tools, type ToolName } from "../../../../sandbox/toolchain/toolchain";

describe("the table of official releases", () => {
  const all = Object.entries(officialReleases).flatMap(([tool, releases]) =>
    Object.entries(releases).map(([architecture, release]) => ({ tool, architecture, release })),
  );

  it("names tools of the sandbox, in versions that will do", () => {
    for (const { tool, release } of all) assert.ok(isAtLeast(release.version, tools[tool as ToolName].least), tool);
  });

  it("has the versions of Kubernetes and Pulumi that are compiled where there is none", () => {
    const pins = readFileSync(join(moduleDirectory("cluster"), "go.mod"), "utf8");
    const pinned = [/k8s\.io\/kubernetes v(\S+)/.exec(pins), /pulumi\/pkg\/v3 v(\S+)/.exec(pins)];
    assert.deepEqual(
      ["kube-apiserver", "pulumi"].map((tool) => officialReleases[tool]?.amd64?.version),
      pinned.map((found) => found?.[1]),
    );
  });

  it("has a checksum of its own for each, and the version and the platform in each address", () => {
    for (const { tool, architecture, release } of all) {
      assert.match(release.sha256, /^[0-9a-f]{64}$/, tool);
      assert.ok(release.url.startsWith("https://") && release.url.includes(`/v${release.version}/`), release.url);
      assert.match(release.url, architecture === "arm64" ? /arm64/ : /amd64|x64/);
    }
    assert.equal(new Set(all.map(({ release }) => release.sha256)).size, all.length);
  });

  it("is left aside where CANARY_TOOLS says to compile, and any other word is refused", () => {
    assert.equal(releaseOf("etcd", { CANARY_TOOLS: "compile" }), undefined);
    assert.equal(releaseOf("rollouts-controller", {}), undefined);
    if (process.platform === "linux") assert.equal(releaseOf("etcd", {})?.version, "3.6.8");
    assert.throws(
      () => releaseOf("etcd", { CANARY_TOOLS: "download" }),
      /^Error: CANARY_TOOLS = download: .*accepted: compile/,
    );
  });
});
