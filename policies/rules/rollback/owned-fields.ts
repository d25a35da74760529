import { NotReadable, type Field } from "../../objects/field";
import { find, namespaceOf } from "../../objects/lookup";
import { kindOf, nameOf } from "../../objects/objects";
import { isFlagger } from "../../kinds/release";
import { httpRoute, routesOf, traefikService, virtualService } from "../../kinds/routes";
import { canaryOf } from "../../kinds/rollout";
import { attempt, violation, type Finding, type Rule } from "../../gate/rule";

const autoscaler = "autoscaling/HorizontalPodAutoscaler";

export const ownedFields: Rule<never> = {
  name: "owned-fields",
  severity: "error",
  wrong: "Pulumi manages a field that the controller of the rollout, or an autoscaler, writes.",
  why: "The next `pulumi up` while a canary is in flight fails with a conflict, or puts the field back and moves requests away from the version that was to get them.",
  mend: "Declare the object with ignoreChanges of the whole field, since the provider protects no part of one; leave replicas out under an autoscaler.",
  source:
    "argo-rollouts, rollout/service.go (rollouts-pod-template-hash in selectors), rollout/trafficrouting/istio and traefik (weights, subsets), its Gateway API plugin (rules); Flagger, pkg/canary/deployment_controller.go (replicas of the target).",
  kinds: ["argoproj.io/Rollout", "flagger.app/Canary", autoscaler],
  limits: {},
  *judge(owner, objects) {
    for (const { kind, name, field, namespace } of ownedBy(owner)) {
      yield* attempt(() => judgeField(owner, find(kind, name.text() ?? "", name, objects, namespace), field));
    }
  },
};

interface Owned {
  readonly kind: string;
  /** Where the object is named. */
  readonly name: Field;
  readonly field: string;
  readonly namespace: string;
}

const fieldOf: Readonly<Record<string, string>> = {
  [virtualService]: "spec.http",
  [httpRoute]: "spec.rules",
  [traefikService]: "spec.weighted.services",
};

function* ownedBy(owner: Field): Iterable<Owned> {
  const namespace = namespaceOf(owner);
  const replicas = (target: Field): Owned => ({
    kind: `${(target.at("apiVersion").text() ?? "apps/v1").split("/")[0] ?? ""}/${target.at("kind").text() ?? ""}`,
    name: target.at("name"),
    field: "spec.replicas",
    namespace,
  });
  if (kindOf(owner.input) === autoscaler) return yield replicas(owner.at("spec", "scaleTargetRef"));
  if (isFlagger(owner)) {
    const target = owner.at("spec", "targetRef");
    if (target.at("kind").text() === "Deployment") yield replicas(target);
    return;
  }
  const canary = canaryOf(owner);
  const services = [
    canary.at("stableService"),
    canary.at("canaryService"),
    canary.at("pingPong", "pingService"),
    canary.at("pingPong", "pongService"),
  ];
  for (const name of services.filter(({ exists }) => exists))
    yield { kind: "Service", name, field: "spec.selector", namespace };
  const rule = canary.at("trafficRouting", "istio", "destinationRule", "name");
  if (rule.exists) yield { kind: "networking.istio.io/DestinationRule", name: rule, field: "spec.subsets", namespace };
  for (const route of routesOf(owner))
    yield {
      kind: route.kind,
      name: route.name,
      field: fieldOf[route.kind] ?? "spec",
      namespace: route.namespace ?? namespace,
    };
}

function* judgeField(owner: Field, object: Field, path: string): Iterable<Finding> {
  const field = object.at(...path.split("."));
  const isReplicas = path === "spec.replicas";
  if (isReplicas && !field.exists) return;
  const { ignoredFields } = object.input;
  if (!ignoredFields)
    throw new NotReadable(
      field,
      `is judged only where a Pulumi program declares the ${object.input.object["kind"] as string}`,
    );
  if (ignoredFields.some((ignored) => path === ignored || path.startsWith(`${ignored}.`))) return;
  const given = ignoredFields.length > 0 ? ignoredFields.join(", ") : "nothing";
  yield violation(
    field,
    `${nameOf(owner.input.object)} owns this field, and ignoreChanges names ${given}; accepted: ["${path}"]${isReplicas ? ", or no replicas" : ""}`,
  );
}
