import { NotReadable } from "../field";
import { nameOf } from "../objects";
import { canaryOf } from "../rollout";
import { attempt, violation, type Rule } from "../rule";

const field = "spec.selector";

export const ownedFields: Rule<never> = {
  name: "owned-fields",
  severity: "error",
  wrong: "Pulumi manages a field that the controller of the rollout writes.",
  why: "The next `pulumi up` while a canary is in flight fails with a conflict, or puts the field back and moves requests away from the version that was to get them.",
  mend: 'Declare the Service with ignoreChanges: ["spec.selector"]: the whole field, since the provider protects no part of one.',
  source: "argo-rollouts, rollout/service.go: the controller writes rollouts-pod-template-hash into the selectors of both Services.",
  kinds: ["argoproj.io/Rollout"],
  limits: {},
  *judge(rollout, objects) {
    const canary = canaryOf(rollout);
    for (const reference of [canary.at("stableService"), canary.at("canaryService")]) {
      if (!reference.exists) continue;
      yield* attempt(function* () {
        const selector = objects.named("Service", reference).at("spec", "selector");
        const { ignoredFields } = selector.input;
        if (!ignoredFields) throw new NotReadable(selector, "is judged only where a Pulumi program declares the Service");
        if (ignoredFields.some((ignored) => field === ignored || field.startsWith(`${ignored}.`))) return;
        const given = ignoredFields.length > 0 ? ignoredFields.join(", ") : "nothing";
        yield violation(selector, `${nameOf(rollout.input.object)} owns this field, and ignoreChanges names ${given}; accepted: ["${field}"]`);
      });
    }
  },
};
