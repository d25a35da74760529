import assert from "node:assert/strict";
import { lackError, lacks, type Host } from "../../../../sandbox/host/preflight";

interface Machine {
  readonly platform?: NodeJS.Platform;
  readonly node?: string;
  readonly go?: string;
  readonly without?: readonly string[];
  readonly refuses?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
}

function probe({
  platform = "linux",
  node = "v22.23.3",
  go = "go1.26.8",
  without = [],
  refuses = false,
  settings = {},
}: Machine): Host {
  return {
    platform,
    nodeVersion: node,
    run: async (command, args) => {
      if (without.includes(command)) return undefined;
      if (command === "go") return { ok: go.startsWith("go1"), output: `${go}\n` };
      if (command === "unshare" && args[0] === "-rn") {
        return refuses
          ? { ok: false, output: "unshare: write failed /proc/self/uid_map: Operation not permitted" }
          : { ok: true, output: "" };
      }
      return { ok: true, output: "" };
    },
    readFile: (path) => settings[path],
  };
}

describe("preflight", () => {
  const found = async (machine: Machine, mustBuild = true) =>
    (await lacks(probe(machine), mustBuild)).map(({ what, mend }) => `${what} => ${mend}`);

  it("finds nothing where everything is there", async () => {
    assert.deepEqual(await found({}), []);
  });

  it("names everything at once, each with its mend", async () => {
    const all = await found({ node: "v20.20.2", without: ["setpriv", "ip", "go"] });
    assert.equal(all.length, 4);
    assert.match(all[0] ?? "", /Node v20\.20\.2 .* => .*npm start/);
    assert.match(all[1] ?? "", /^setpriv of util-linux .* => Install the package util-linux/);
    assert.match(all[2] ?? "", /^ip of iproute2 .* => Install the package iproute2/);
    assert.match(all[3] ?? "", /^go is not on the PATH => Install Go 1\.26/);
  });

  it("asks for Go only when something is to be built", async () => {
    assert.deepEqual(await found({ without: ["go"] }, false), []);
  });

  it("knows versions of Go, and toolchains that cannot be had", async () => {
    assert.deepEqual(await found({ go: "go1.27.0" }), []);
    assert.deepEqual(await found({ go: "go1.27" }), []);
    assert.equal((await found({ go: "go1.24.4" })).length, 1);
    assert.match(
      (await found({ go: "go: go.mod requires go >= 1.26.1 (running go 1.24.4; GOTOOLCHAIN=local)" })).join(),
      /it says: go: go\.mod requires/,
    );
  });

  const settings: [string, string, RegExp][] = [
    [
      "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
      "1\n",
      /apparmor_restrict_unprivileged_userns=0.*profile for \/usr\/bin\/unshare/,
    ],
    ["/proc/sys/kernel/unprivileged_userns_clone", "0\n", /unprivileged_userns_clone=1/],
    ["/proc/sys/user/max_user_namespaces", "0\n", /max_user_namespaces=/],
  ];
  for (const [path, value, mend] of settings) {
    it(`names ${path} when that is what refuses`, async () => {
      const [only = "", ...others] = await found({ refuses: true, settings: { [path]: value } });
      assert.deepEqual(others, []);
      assert.match(only, /Operation not permitted/);
      assert.match(only, mend);
    });
  }

  it("speaks of containers when no setting refuses", async () => {
    assert.match((await found({ refuses: true })).join(), /Docker: --security-opt/);
  });

  it("on macOS points to a cluster of one's own", async () => {
    const lack = await lacks(probe({ platform: "darwin" }), true);
    assert.match(lackError(lack).message, /this is macOS[\s\S]*npm start -- --kubeconfig FILE/);
  });
});
