import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchReleases, type DownloadEvent, type Limits } from "../../../../sandbox/toolchain/download";
import { downloadedPath, type Release } from "../../../../sandbox/toolchain/officialReleases";
import { parseVersion } from "../../../../sandbox/toolchain/toolchain";
import { restoreEnvironment } from "../../../support/environment";

const command = Buffer.from("#!/bin/sh\necho version 1.2.3\n");
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const limits: Limits = { reachSeconds: 0.5, idleSeconds: 0.5, seconds: 3, bytes: 1e6 };

describe("an official release", () => {
  restoreEnvironment();
  let root: string;
  let server: Server;
  let at: string;
  let asked: string[];
  let events: DownloadEvent[];
  let archive: Buffer;
  let answers: Readonly<Record<string, RequestListener>>;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "canary-download-"));
    process.env.CANARY_CACHE = join(root, "cache");
    mkdirSync(join(root, "tool-1.2.3"));
    writeFileSync(join(root, "tool-1.2.3", "tool"), command);
    chmodSync(join(root, "tool-1.2.3", "tool"), 0o755);
    execFileSync("tar", ["-czf", "tool.tar.gz", "tool-1.2.3"], { cwd: root });
    archive = readFileSync(join(root, "tool.tar.gz"));
    [asked, events] = [[], []];
    answers = {
      "/tool": (_, response) => response.end(command),
      "/tool.tar.gz": (_, response) => response.end(archive),
      "/moved": (_, response) => response.writeHead(302, { Location: "/tool" }).end(),
      "/forbidden": (_, response) => response.writeHead(403).end(),
      "/truncated": (request, response) => {
        response.writeHead(200, { "Content-Length": `${command.length + 1}` });
        if (request.method === "HEAD") response.end();
        else response.write(command, () => response.destroy());
      },
      "/stops": (request, response) => {
        response.writeHead(200);
        if (request.method === "HEAD") response.end();
        else response.write(command);
      },
      "/drips": (request, response) => {
        response.writeHead(200);
        if (request.method === "HEAD") return void response.end();
        const drip = setInterval(() => response.write("."), 50);
        response.on("close", () => clearInterval(drip));
      },
      "/large": (_, response) => response.end(Buffer.alloc(limits.bytes + 1)),
      "/silent": () => undefined,
    };
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const answer = answers[request.url ?? ""];
      if (answer) answer(request, response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(root, { recursive: true });
  });

  const release = (path: string, change: Partial<Release> = {}): Release => ({
    version: "1.2.3",
    url: `${at}${path}`,
    sha256: sha256(command),
    ...change,
  });
  const versionOf = async (file: string) => parseVersion(execFileSync(file, { encoding: "utf8" }));
  const fetched = (each: Release, change: Partial<Limits> = {}) =>
    fetchReleases([{ name: "tool", release: each, versionOf }], (event) => events.push(event), {
      ...limits,
      ...change,
    });
  const kinds = () => events.map(({ kind }) => kind);

  for (const [how, of] of [
    ["as the command itself", () => release("/tool")],
    ["where the server sends it elsewhere", () => release("/moved")],
    ["in an archive", () => release("/tool.tar.gz", { member: "tool-1.2.3/tool", sha256: sha256(archive) })],
  ] as const) {
    it(`is downloaded, checked and kept: ${how}`, async () => {
      const output = downloadedPath("tool", of());
      assert.deepEqual([...(await fetched(of()))], [["tool", output]]);
      assert.deepEqual(kinds(), ["fetching", "fetched"]);
      assert.deepEqual(readFileSync(output), command);
      assert.deepEqual(readdirSync(join(output, "..")), ["tool"]);
      assert.equal(await versionOf(output), "1.2.3");
    });
  }

  const other = sha256(Buffer.from("other"));
  for (const [how, of, why] of [
    [
      "another checksum",
      () => release("/tool", { sha256: other }),
      `its sha256 is ${sha256(command)}; accepted: ${other}`,
    ],
    [
      "another version",
      () => release("/tool", { version: "1.2.4" }),
      "it says that its version is 1.2.3; accepted: 1.2.4",
    ],
    ["not all of it", () => release("/truncated"), "other side closed"],
    ["nothing of this name", () => release("/nothing"), "the server answers 404"],
    ["a part, and then nothing", () => release("/stops"), "nothing came for 0.5 s"],
    ["too slowly", () => release("/drips"), "not whole within 1 s"],
    ["too much", () => release("/large"), "it has more than 1000000 bytes"],
    [
      "no such file in the archive",
      () => release("/tool.tar.gz", { member: "x", sha256: sha256(archive) }),
      "tar: x: ",
    ],
  ] as const) {
    it(`is refused in words, and nothing of it stays: ${how}`, async () => {
      assert.equal((await fetched(of(), { seconds: 1 })).size, 0);
      assert.deepEqual(kinds(), ["fetching", "refused"]);
      const refused = events.find((event) => event.kind === "refused");
      assert.equal(refused?.tool, "tool");
      assert.ok(refused.why.startsWith(`${of().url}: `) && refused.why.includes(why), refused.why);
      assert.deepEqual(readdirSync(join(downloadedPath("tool", of()), "..")), []);
    });
  }

  for (const [path, why] of [
    ["/silent", "no answer within 0.5 s"],
    ["/forbidden", "it answers 403"],
  ] as const) {
    it(`is left to the compiler for a day where its host is out of reach: ${why}`, async () => {
      const host = new URL(at).host;
      assert.equal((await fetched(release(path))).size, 0);
      assert.deepEqual(events, [{ kind: "out of reach", hosts: [`${host} (${why})`] }]);
      assert.deepEqual(asked, [`HEAD ${path}`]);
      events = [];
      assert.equal((await fetched(release("/tool"))).size, 0);
      assert.deepEqual(events, [{ kind: "out of reach", hosts: [`${host} (asked within a day)`] }]);
      assert.equal(asked.length, 1);
    });
  }

  it("is asked for at once of all hosts, and those in reach serve theirs", async () => {
    const wanted = [
      { name: "tool", release: release("/tool"), versionOf },
      { name: "other", release: release("/moved"), versionOf },
      { name: "closed", release: release("/tool", { url: "http://127.0.0.1:9/tool" }), versionOf },
      {
        name: "silent",
        release: release("/silent", { url: `${at.replace("127.0.0.1", "localhost")}/silent` }),
        versionOf,
      },
    ];
    const had = await fetchReleases(wanted, (event) => events.push(event), limits);
    assert.deepEqual([...had.keys()].sort(), ["other", "tool"]);
    const [first] = events;
    assert.equal(first?.kind === "out of reach" && first.hosts.length, 2);
    assert.equal(asked.filter((request) => request.startsWith("HEAD")).length, 2);
  });

  it("is asked for of nobody where nothing is missing", async () => {
    assert.equal((await fetchReleases([], (event) => events.push(event), limits)).size, 0);
    assert.deepEqual([events, asked, existsSync(join(root, "cache"))], [[], [], false]);
  });
});
