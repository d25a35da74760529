import assert from "node:assert/strict";
import { commandProvider } from "../../../../sandbox/provider/command";
import type { Operation } from "../../../../sandbox/provider/server";
import { secret, unknownText, type Properties } from "../../../../sandbox/provider/values";

const operation: Operation = {
  urn: "urn",
  type: "command:local:Command",
  name: "run",
  config: {},
  engine: undefined,
  cancelled: new AbortController().signal,
  timeout: 0,
  preview: false,
};

describe("a command", () => {
  const diff = (olds: Properties, news: Properties) =>
    commandProvider.diff(operation, { olds, news, ignoreChanges: [] });
  const create = (inputs: Properties, part: Partial<Operation> = {}) =>
    commandProvider.create({ ...operation, ...part }, inputs);

  it("is replaced by new triggers, unless there is an update command", async () => {
    const old = { create: "a", triggers: ["1"] };
    assert.equal((await diff(old, { create: "a", triggers: ["2"] })).replaces.length, 1);
    assert.equal((await diff(old, { create: "b", triggers: ["1"] })).replaces.length, 0);
    const updatable = await diff({ ...old, update: "u" }, { ...old, update: "u", triggers: ["2"] });
    assert.deepEqual([updatable.changes.length, updatable.replaces.length], [1, 0]);
    assert.equal((await diff(old, { ...old, create: secret("a") })).changes.length, 0);
  });

  it("has no output yet in a preview", async () => {
    const { id, outputs } = await create({ create: "echo x" }, { preview: true });
    assert.deepEqual([id, outputs["stdout"], outputs["stderr"]], ["", unknownText, unknownText]);
  });

  it("hands over what it wrote, as a secret when an input is one", async () => {
    const plain = await create({ create: "cat; echo b >&2", stdin: "a\n\n" });
    assert.deepEqual([plain.outputs["stdout"], plain.outputs["stderr"]], ["a\n", "b"]);
    const hidden = await create({ create: "echo $A", environment: { A: secret("value") } });
    assert.deepEqual(hidden.outputs["stdout"], secret("value"));
  });

  it("fails with its exit code and last lines, secrets hidden", async () => {
    const failing = create({ create: 'echo "password is $A"; exit 7', environment: { A: secret("value") } });
    await assert.rejects(failing, {
      message: "The create command of run ended with exit code 7; its last lines:\npassword is [secret]",
    });
    await assert.rejects(
      create({ create: "true", interpreter: ["/no/such/shell"] }),
      /The create command of run could not be started: .*ENOENT/,
    );
  });

  it("is ended when its time is over", async () => {
    await assert.rejects(create({ create: "sleep 60 & wait" }, { timeout: 0.1 }), /was ended after 0.1 s/);
  });

  it("refuses what is not covered, by name", () => {
    assert.throws(
      () => commandProvider.check({ ...operation, type: "command:remote:Command" }, {}, {}, new Uint8Array()),
      /command:remote:Command is not covered/,
    );
    assert.throws(
      () => commandProvider.check(operation, {}, { assetPaths: ["*"] }, new Uint8Array()),
      /assetPaths of a Command is not covered/,
    );
    assert.throws(
      () => commandProvider.check(operation, {}, { logging: "all" }, new Uint8Array()),
      /logging: "all" is none of stdout/,
    );
  });
});
