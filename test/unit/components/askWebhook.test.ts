import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { smokeTested } from "../../../components/askWebhook";

const question = { name: "shop", namespace: "team", metadata: { url: "http://shop-canary.team" } };

describe("the smoke test's webhook", () => {
  let server: Server;
  let webhook: string;
  let asked: unknown[];
  let answers: readonly [number, string];

  before(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request
        .on("data", (chunk: Buffer) => chunks.push(chunk))
        .on("end", () => {
          asked.push([request.method, JSON.parse(Buffer.concat(chunks).toString())]);
          response.writeHead(answers[0]).end(answers[1]);
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    webhook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  beforeEach(() => (asked = []));
  after(() => server.close());

  for (const status of [200, 202, 204]) {
    it(`passes with ${status}, and is told where the version answers`, async () => {
      answers = [status, ""];
      await smokeTested({ webhook, timeout: 3 }, question);
      assert.deepEqual(asked, [["POST", question]]);
    });
  }

  it("does not pass with another answer, and says which", async () => {
    answers = [500, "the basket is empty"];
    await assert.rejects(smokeTested({ webhook, timeout: 3 }, question), {
      message: `smokeTest.webhook = "${webhook}": the test of http://shop-canary.team did not pass in 3s: it answers 500: the basket is empty; accepted: an answer of 2xx`,
    });
  });

  it("shows an answer in one line, and not all of a long one", async () => {
    answers = [500, `\n::error::\u001b[31m${"x".repeat(1000)}`];
    await assert.rejects(smokeTested({ webhook, timeout: 3 }, question), ({ message }: Error) => {
      assert.match(message, /it answers 500: \\n::error::\\u\{1b\}\[31mx+\.\.\. \(1015 characters\); accepted: /);
      return message.length < 600;
    });
  });

  it("does not pass where nobody answers", async () => {
    const closed = "http://127.0.0.1:9/";
    await assert.rejects(
      smokeTested({ webhook: closed, timeout: 1 }, question),
      /smokeTest\.webhook = "http:\/\/127\.0\.0\.1:9\/": .* it does not answer: /,
    );
  });
});
