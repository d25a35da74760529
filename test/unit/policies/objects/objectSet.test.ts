import assert from "node:assert/strict";
import { Field } from "../../../../policies/objects/field";
import { type Input, notKnown } from "../../../../policies/objects/input";
import { type Key, ObjectSet } from "../../../../policies/objects/objectSet";

const service = (name: unknown, namespace?: unknown): Input => ({
  object: { apiVersion: "v1", kind: "Service", metadata: { name, namespace } },
});
const reference = (name: string, namespace?: string) =>
  new Field({ object: { kind: "Rollout", metadata: { namespace }, service: name } }).at("service");

const inputsOf = (fields: readonly Field[]) => fields.map(({ input }) => input);

describe("the objects that are judged together", () => {
  const [a, b, other] = [service("a", "shop"), service("b", "shop"), service("a", "other")];

  it("are found by kind, name and namespace", () => {
    const objects = new ObjectSet([other, a, b]);
    assert.equal(objects.named("Service", reference("a", "shop")).input, a);
    assert.deepEqual(inputsOf(objects.inNamespaceOf(reference("a", "shop"), "Service")), [a, b]);
    assert.deepEqual([objects.ofKinds(["Service"]).length, objects.ofKinds(["apps/Service"]).length], [3, 0]);
    assert.throws(
      () => objects.named("Service", reference("b", "other")),
      /names the Service b, which is not among the objects/,
    );
  });

  it("are no longer found once they are removed", () => {
    const objects = new ObjectSet([a, b]);
    objects.remove(a);
    assert.deepEqual(
      [
        objects.inputs,
        objects.ofKinds(["Service"]),
        inputsOf(objects.inNamespaceOf(reference("a", "shop"), "Service")),
      ],
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
      assert.throws(() => new ObjectSet([input, b]).named("Service", reference("a", "shop")), message));
  }

  const port = (name: string, number: unknown, namespace = "shop"): Input => ({
    object: { ...service(name, namespace).object, spec: { port: number } },
  });
  const byPort: Key = { kind: "Service", textsOf: (each) => [String(each.at("spec", "port").number() ?? "")] };

  const having = (objects: ObjectSet, texts: readonly string[]) =>
    inputsOf(objects.inNamespaceHaving(reference("a", "shop"), byPort, () => texts));

  it("are found by a text of theirs in the order in which they came, with those that may have it, before and after one is added or removed", () => {
    const [first, unknown, second, elsewhere] = [
      port("c", 80),
      port("b", notKnown),
      port("a", 80),
      port("d", 80, "other"),
    ];
    const objects = new ObjectSet([first, port("e", 90), unknown, elsewhere]);
    assert.deepEqual(having(objects, ["80"]), [first, unknown]);
    objects.add(second);
    assert.deepEqual(having(objects, ["80", "1"]), [first, unknown, second]);
    objects.remove(first);
    assert.deepEqual(having(objects, ["80"]), [unknown, second]);
    objects.add(service("f", notKnown));
    assert.throws(() => having(objects, ["80"]), /not known before the deployment/);
  });

  it("are not listed by namespace where the namespace of one is not known yet", () => {
    assert.throws(
      () => new ObjectSet([a, service("c", notKnown)]).inNamespaceOf(reference("a", "shop"), "Service"),
      /not known before the deployment/,
    );
  });
});
