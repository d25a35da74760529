import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { CanaryRelease } from "../../../components";
import { declaredAnnotation } from "../../../manifests/annotations";
import { keptFields, refuseLostEdit, withDeclared } from "../../../components/lostEdits";
import { describeRelease } from "../../../manifests/describe";
import type { OwnedField } from "../../../manifests/description";
import type { Metadata } from "../../../manifests/types/kubernetes";
import type { ReleaseArgs } from "../../../release/settings";
import { record } from "../../support/recorder";
import { leastRelease } from "../../support/releases";

const kept: OwnedField = { role: "http-route", field: "spec.rules", by: "argo-rollouts" };

/** An object as it is declared, with the annotation; and one as it is in the cluster. */
const declared = (rules: unknown) => withDeclared(live(rules), [kept]);
const live = (rules: unknown) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: "shop", namespace: "default" },
  spec: { rules },
});
const path = (value: string) => ({ matches: [{ path: { value } }] });

function refusalOf(was: object, now: object, inCluster: object = was): string {
  try {
    refuseLostEdit({ oldInputs: { ...was }, newInputs: { ...now }, oldOutputs: { ...inCluster } }, "argo-rollouts");
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}
const said = (message: string) => /would be lost: (.*); accepted: /.exec(message)?.[1] ?? "";
const patched = (message: string) => JSON.parse(/--patch '(.*)', then/.exec(message)?.[1] ?? "null") as unknown;

describe("an edit inside a field that a controller writes", () => {
  const edits: [string, unknown[], unknown[], string, unknown][] = [
    [
      "changed",
      [path("/")],
      [path("/cart")],
      'spec.rules[0].matches[0].path.value is "/" and would be "/cart"',
      [{ op: "replace", path: "/spec/rules/0/matches/0/path/value", value: "/cart" }],
    ],
    [
      "added to a list",
      [1],
      [1, 2, 3],
      "spec.rules[1] is absent and would be 2; spec.rules[2] is absent and would be 3",
      [
        { op: "add", path: "/spec/rules/1", value: 2 },
        { op: "add", path: "/spec/rules/2", value: 3 },
      ],
    ],
    [
      "taken from a list",
      [1, 2, 3],
      [1],
      "spec.rules[2] is 3 and would be absent; spec.rules[1] is 2 and would be absent",
      [
        { op: "remove", path: "/spec/rules/2" },
        { op: "remove", path: "/spec/rules/1" },
      ],
    ],
    [
      "added to a map",
      [{}],
      [{ "a/b~c": 1 }],
      "spec.rules[0].a/b~c is absent and would be 1",
      [{ op: "add", path: "/spec/rules/0/a~1b~0c", value: 1 }],
    ],
    [
      "of another kind",
      [1],
      [{ a: [] }],
      'spec.rules[0] is 1 and would be {"a":[]}',
      [{ op: "replace", path: "/spec/rules/0", value: { a: [] } }],
    ],
  ];
  for (const [title, was, now, words, patch] of edits) {
    it(`is refused where something is ${title}`, () => {
      const message = refusalOf(declared(was), declared(now));
      assert.equal(said(message), words);
      assert.deepEqual(patched(message), patch);
    });
    it(`is accepted where something is ${title} and the cluster has it`, () => {
      assert.equal(refusalOf(declared(was), declared(now), live(now)), "");
    });
  }

  it("names the object, the field and its owner, and quotes the command for a shell", () => {
    const message = refusalOf(declared([path("/")]), declared([path("/it's")]));
    assert.ok(
      message.startsWith("HTTPRoute shop: spec.rules belongs to argo-rollouts, and an edit inside it would be lost: "),
      message,
    );
    assert.ok(
      message.includes(
        "kubectl patch httproute.gateway.networking.k8s.io shop --namespace default --type json --patch '[",
      ),
      message,
    );
    assert.ok(message.includes(String.raw`"value":"/it'\''s"}]', then: pulumi up --refresh`), message);
  });

  it("is accepted where nothing that was declared changes, whatever a controller wrote", () => {
    const weights = (stable: number) => [{ ...path("/"), backendRefs: [{ weight: stable }, { weight: 100 - stable }] }];
    assert.equal(refusalOf(declared(weights(100)), declared(weights(100)), live(weights(80))), "");
  });

  it("is accepted beside the defaults that the API server fills in", () => {
    const completed = [{ matches: [{ path: { type: "PathPrefix", value: "/cart" } }], timeouts: {} }];
    assert.equal(refusalOf(declared([]), declared([path("/cart")]), live(completed)), "");
    assert.equal(
      refusalOf(declared([]), declared([path("/cart")]), live([...completed, path("/of-a-controller")])),
      "",
    );
  });

  it("of an object that does not say yet what was declared is one of its inputs, but for the weight", () => {
    assert.equal(refusalOf(live([{ weight: 80 }]), declared([{ weight: 100 }])), "");
    assert.equal(
      said(refusalOf(live([path("/")]), declared([path("/cart")]))),
      'spec.rules[0].matches[0].path.value is "/" and would be "/cart"',
    );
  });
});

describe("what is declared inside a controller's fields", () => {
  const inAnnotation = (object: object) =>
    (object as { metadata?: Partial<Metadata> }).metadata?.annotations?.[declaredAnnotation];

  it("is written on the object, but for what is known later", () => {
    const later = pulumi.output("x");
    assert.equal(
      inAnnotation(declared([{ host: later, when: Promise.resolve(1), port: 80 }])),
      '{"spec.rules":[{"port":80}]}',
    );
  });

  it("is not said on an object without such fields, which stays as it is", () => {
    const object = live([]);
    assert.equal(withDeclared(object, []), object);
  });

  it("leaves out numbers of pods", () => {
    assert.deepEqual(keptFields("rollout", [{ role: "rollout", field: "spec.replicas", by: "autoscaler" }]), []);
    assert.deepEqual(
      keptFields("target-deployment", [{ role: "target-deployment", field: "spec.replicas", by: "flagger" }]),
      [],
    );
  });

  const releases: Partial<ReleaseArgs>[] = [
    { router: "gateway-api" },
    { router: "istio", autoscaling: { maxReplicas: 9 } },
    { controller: "flagger", preset: "fast", router: "nginx", judgement: { interval: "10m" } },
    { controller: "pulumi" },
  ];
  for (const change of releases) {
    it(`is said just on the objects with such fields: ${JSON.stringify(change)}`, async () => {
      const args = { ...leastRelease, ...change };
      const resources = await record(() => new CanaryRelease("shop", args));
      const saying = resources
        .filter(({ inputs }) => inAnnotation(inputs as object) !== undefined)
        .map(({ name }) => name);
      const { owned } = describeRelease(args);
      assert.deepEqual(
        saying.sort(),
        owned
          .filter(({ field }) => field !== "spec.replicas")
          .map(({ role }) => `shop-${role}`)
          .sort(),
      );
    });
  }
});
