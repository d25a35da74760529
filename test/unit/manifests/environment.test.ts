import assert from "node:assert/strict";
import type { Passed } from "../../../release/settings";
import type { PodTemplate, SecretObject } from "../../../manifests/types/kubernetes";
import { releaseWith } from "../../support/releases";

/** A value that is known at once, and that nobody may know. */
const later = (text: string): Passed<string> => ({ apply: (make: (known: string) => unknown) => make(text) });

function made(environment: Readonly<Record<string, Passed<string>>>) {
  const { objects } = releaseWith({ environment });
  const secret = objects.find(({ role }) => role === "environment");
  const rollout = objects.find(({ role }) => role === "rollout");
  const { template } = rollout?.object.spec as { readonly template: PodTemplate };
  return { objects, secret, env: template.spec.containers[0]?.env };
}

describe("the environment", () => {
  it("stands in the pod as far as it is plain text", () => {
    const { secret, env } = made({ LEVEL: "info" });
    assert.equal(secret, undefined);
    assert.deepEqual(env, [{ name: "LEVEL", value: "info" }]);
  });

  it("is in a Secret as far as it is known later, which cannot be changed and stays for the pods of the other version", () => {
    const token = later("s3cret");
    const { objects, secret, env } = made({ LEVEL: "info", TOKEN: token });
    const { metadata, immutable, stringData } = secret?.object as SecretObject;
    assert.match(String(metadata.name), /^shop-environment-[0-9a-f]{10}$/);
    assert.deepEqual([immutable, stringData, secret?.staysBehind], [true, { TOKEN: token }, true]);
    assert.deepEqual(env, [
      { name: "LEVEL", value: "info" },
      { name: "TOKEN", valueFrom: { secretKeyRef: { name: metadata.name, key: "TOKEN" } } },
    ]);
    assert.deepEqual(
      objects.slice(0, 2).map(({ role }) => role),
      ["disruption-budget", "environment"],
    );
  });

  it("has another Secret for other values, names or places of them, and the same for the same", () => {
    const nameOf = (environment: Readonly<Record<string, Passed<string>>>) =>
      String(made(environment).secret?.object.metadata.name);
    const names = [
      nameOf({ A: later("1"), B: later("2") }),
      nameOf({ A: later("2"), B: later("1") }),
      nameOf({ A: later("1"), C: later("2") }),
      nameOf({ A: later("1"), B: later("3") }),
    ];
    assert.equal(new Set(names).size, names.length);
    assert.equal(nameOf({ A: later("1"), B: later("2"), LEVEL: "info" }), names[0]);
  });

  it("may be known after a promise", async () => {
    const { secret } = made({ TOKEN: Promise.resolve("s3cret"), OTHER: later("x") });
    assert.match(String(await secret?.object.metadata.name), /^shop-environment-[0-9a-f]{10}$/);
  });
});
