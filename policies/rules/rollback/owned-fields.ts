import { attempt, violation, type Finding, type Rule } from "../../gate/rule";
import { replicasOf } from "../../kinds/release";
import { releaseKindOf, releaseKinds } from "../../kinds/releaseKinds";
import { NotReadable, type Field } from "../../objects/field";
import { nameOf } from "../../objects/input";

const autoscaler = "autoscaling/HorizontalPodAutoscaler";

export const ownedFields: Rule<never> = {
  name: "owned-fields",
  severity: "error",
  wrong: "Pulumi manages a field that the controller of the rollout, or an autoscaler, writes.",
  why: "The next `pulumi up` while a canary is in flight fails with a conflict, or puts the field back and moves requests away from the version that was to get them.",
  mend: "Declare the object with ignoreChanges of the whole field, since the provider protects no part of one; leave replicas out under an autoscaler.",
  source:
    "argo-rollouts, rollout/service.go (rollouts-pod-template-hash in selectors), rollout/trafficrouting/istio and traefik (weights, subsets), its Gateway API plugin (rules); Flagger, pkg/canary/deployment_controller.go (replicas of the target).",
  kinds: [...releaseKinds, autoscaler],
  limits: {},
  *judge(owner, objects) {
    const owned = releaseKindOf(owner)?.ownedBy(owner) ?? [replicasOf(owner.at("spec", "scaleTargetRef"))];
    for (const { kind, name, namespace, field } of owned)
      yield* attempt(() => judgeField(owner, objects.named(kind, name, { namespace }), field));
  },
};

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
