import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { isSameUser, userOf } from "../../../../sandbox/provider/peer";

const table = [
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
  "   0: 0100007F:9C41 0100007F:D903 01 00000000:00000000 00:00000000 00000000     0        0 20 1 0 20 4 30 10 -1",
  "   1: 0100007F:D903 0100007F:9C41 01 00000000:00000000 00:00000000 00000000 65534        0 21 1 0 20 4 30 10 -1",
  "   2: 0100007F:D904 0100007F:9C42 01 00000000:00000000 00:00000000 00000000  1000        0 22 1 0 20 4 30 10 -1",
].join("\n");

describe("who is connected to a port of the loopback interface", () => {
  const cases: readonly (readonly [peer: string, port: number, uid: number | undefined])[] = [
    ["127.0.0.1:55555", 40001, 65534],
    ["127.0.0.1:40001", 55555, 0],
    ["127.0.0.1:55556", 40001, undefined],
    ["127.0.0.1:55556", 40002, 1000],
    ["unix:/tmp/socket", 40001, undefined],
  ];
  for (const [peer, port, uid] of cases) {
    it(`${peer} to ${port}: ${uid ?? "nobody known"}`, () => assert.equal(userOf(peer, port, table), uid));
  }

  /** Whether a client that runs as a user counts as this one's own. */
  async function connected(uid: number | undefined): Promise<boolean> {
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const accepted = once(server, "connection") as Promise<[Socket]>;
    const script = `require("net").connect(${port}, "127.0.0.1"); setTimeout(() => undefined, 5000)`;
    const client = spawn(process.execPath, ["-e", script], { cwd: "/", ...(uid !== undefined && { uid, gid: uid }) });
    try {
      const [socket] = await accepted;
      const same = isSameUser(`${socket.remoteAddress}:${socket.remotePort}`, port);
      socket.destroy();
      return same;
    } finally {
      client.kill();
      server.close();
    }
  }

  it("knows a process of the same user", async () => assert.equal(await connected(undefined), true));

  it("tells a process of another user from it", async function () {
    if (process.getuid?.() !== 0) return this.skip();
    assert.equal(await connected(65534), false);
  });
});
