import assert from "node:assert/strict";
import { startCluster, type ClusterOptions } from "../../../../sandbox/cluster/cluster";
import { clusterTools } from "../../../../sandbox/toolchain/toolchain";

describe("the cluster", () => {
  it("names the tools that an add-on needs and that it was not given", async () => {
    const tools = Object.fromEntries(clusterTools.map((name) => [name, name])) as ClusterOptions["tools"];
    await assert.rejects(startCluster({ directory: "/nowhere", tools, addOns: ["istio"] }), {
      message: 'The cluster needs the tools pilot-discovery, envoy too: take them from toolchain(toolsFor(["istio"])).',
    });
  });
});
