import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { oneContext, readContext } from "../../../../sandbox/ownCluster/kubeconfig";

const two = dump({
  clusters: [
    { name: "near", cluster: { server: "https://near", "certificate-authority": "ca.crt", "tls-server-name": "kept" } },
    { name: "far", cluster: { server: "https://far", "certificate-authority": "/etc/far.crt" } },
  ],
  users: [
    { name: "ann", user: { "client-certificate": "keys/ann.crt", "client-key": "/keys/ann.key" } },
    {
      name: "bob",
      user: { exec: { command: "./bin/token", args: ["--for", "bob"], env: [{ name: "REGION", value: "x" }] } },
    },
    { name: "eve", user: { exec: { command: "cloud-token" } } },
  ],
  contexts: [
    { name: "ann-near", context: { cluster: "near", user: "ann", namespace: "work" } },
    { name: "bob-far", context: { cluster: "far", user: "bob" } },
    { name: "eve-far", context: { cluster: "far", user: "eve" } },
    { name: "lost", context: { cluster: "gone", user: "ann" } },
  ],
  "current-context": "ann-near",
});

const entry = (text: string) => {
  const { clusters, users, contexts } = load(text) as Record<string, Record<string, unknown>[]>;
  return { clusters, users, contexts };
};

describe("one context of a kubeconfig", () => {
  it("is the current one, alone, with its files named absolutely", () => {
    assert.deepEqual(entry(oneContext(two, "/home/ann/.kube")), {
      clusters: [
        {
          name: "near",
          cluster: {
            server: "https://near",
            "certificate-authority": "/home/ann/.kube/ca.crt",
            "tls-server-name": "kept",
          },
        },
      ],
      users: [
        { name: "ann", user: { "client-certificate": "/home/ann/.kube/keys/ann.crt", "client-key": "/keys/ann.key" } },
      ],
      contexts: [{ name: "ann-near", context: { cluster: "near", user: "ann" } }],
    });
  });

  it("keeps a user's command with its arguments and environment; one on the PATH stays there", () => {
    assert.deepEqual(entry(oneContext(two, "/k", "bob-far")).users, [
      {
        name: "bob",
        user: { exec: { command: "/k/bin/token", args: ["--for", "bob"], env: [{ name: "REGION", value: "x" }] } },
      },
    ]);
    assert.deepEqual(entry(oneContext(two, "/k", "eve-far")).users, [
      { name: "eve", user: { exec: { command: "cloud-token" } } },
    ]);
  });

  it("is refused where it is not there, with those that are", () => {
    assert.throws(() => oneContext(two, "/k", "x"), {
      message: 'it has no context "x". It has: ann-near, bob-far, eve-far, lost.',
    });
    assert.throws(() => oneContext("", "/k"), {
      message: "it has no current context; name one with --context. It has: none.",
    });
    assert.throws(() => oneContext(two, "/k", "lost"), /names the cluster "gone", which it does not have/);
  });

  it("is read from a file, which errors name", () => {
    const directory = mkdtempSync(join(tmpdir(), "canary-"));
    const file = join(directory, "config");
    assert.throws(() => readContext(file), { message: `--kubeconfig names ${file}, which is not there.` });
    writeFileSync(file, two);
    assert.deepEqual(entry(readContext(file)).users, [
      { name: "ann", user: { "client-certificate": join(directory, "keys/ann.crt"), "client-key": "/keys/ann.key" } },
    ]);
    assert.throws(() => readContext(file, "x"), {
      message: new RegExp(`^${file} cannot be used: it has no context "x"`),
    });
    rmSync(directory, { recursive: true });
  });
});
