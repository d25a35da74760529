import assert from "node:assert/strict";
import { Field, notKnown, type Input } from "../../../../policies/objects/field";
import { Objects, type Key } from "../../../../policies/objects/objects";

const service = (name: unknown, namespace?: unknown): Input => ({
  object: { apiVersion: "v1", kind: "Service", metadata: { name, namespace } },
});
const reference = (name: string, namespace?: string) =>
  new Field({ object: { kind: "Rollout", metadata: { namespace }, service: name } }).at("service");

describe("the objects that are judged together", () => {
  const [a, b, other] = [service("a", "shop"), service("b", "shop"), service("a", "other")];

  it("are found by kind, name and namespace", () => {
    const objects = new Objects([other, a, b]);
    assert.equal(objects.named("Service", reference("a", "shop")).input, a);
    assert.deepEqual(objects.inNamespace("Service", "shop"), [a, b]);
    assert.deepEqual([objects.ofKinds(["Service"]).length, objects.ofKinds(["apps/Service"]).length], [3, 0]);
    assert.throws(
      () => objects.named("Service", reference("b", "other")),
      /names the Service b, which is not among the objects/,
    );
  });

  it("are no longer found once they are removed", () => {
    const objects = new Objects([a, b]);
    objects.remove(a);
    assert.deepEqual(
      [objects.inputs, objects.ofKinds(["Service"]), objects.inNamespace("Service", "shop")],
      [[b], [b], [b]],
    );
    assert.throws(() => objects.named("Service", reference("a", "shop")), /not among/);
  });

  const undecided: readonly (readonly [string, Input, RegExp])[] = [
    ["a name that is not known yet", service(notKnown, "shop"), /not known before the deployment/],
    ["a namespace that is not known yet", service("a", notKnown), /not known before the deployment/],
    ["another name in a namespace that is not known yet", service("c", notKnown), /not among/],
  ];
  for (const [title, input, message] of undecided) {
    it(`may be found later where one has ${title}: says which`, () =>
      assert.throws(() => new Objects([input, b]).named("Service", reference("a", "shop")), message));
  }

  const port = (name: string, number: unknown, namespace = "shop"): Input => ({
    object: { ...service(name, namespace).object, spec: { port: number } },
  });
  const byPort: Key = { kind: "Service", textsOf: (each) => [String(each.at("spec", "port").number() ?? "")] };

  it("are found by a text of theirs in the order in which they came, with those that may have it, before and after one is added or removed", () => {
    const [first, unknown, second, elsewhere] = [
      port("c", 80),
      port("b", notKnown),
      port("a", 80),
      port("d", 80, "other"),
    ];
    const objects = new Objects([first, port("e", 90), unknown, elsewhere]);
    assert.deepEqual(objects.having(byPort, ["80"], "shop"), [first, unknown]);
    objects.add(second);
    assert.deepEqual(objects.having(byPort, ["80", "1"], "shop"), [first, unknown, second]);
    objects.remove(first);
    assert.deepEqual(objects.having(byPort, ["80"], "shop"), [unknown, second]);
    objects.add(service("f", notKnown));
    assert.throws(() => objects.having(byPort, ["80"], "shop"), /not known before the deployment/);
  });

  it("are not listed by namespace where the namespace of one is not known yet", () => {
    assert.throws(
      () => new Objects([a, service("c", notKnown)]).inNamespace("Service", "shop"),
      /not known before the deployment/,
    );
  });
});
