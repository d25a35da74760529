import type { Field } from "../../objects/field";
import { ingressKind, isCanaryIngress, nginxAnnotation, nginxPrefix } from "../../kinds/ingress";
import { violation, type Finding, type Rule } from "../../gate/rule";

const rulesOfRequests = ["canary-weight", "canary-by-header", "canary-by-cookie"];
const others = ["canary-weight-total", "canary-by-header-value", "canary-by-header-pattern"];

export const canaryAnnotations: Rule<never> = {
  name: "canary-annotations",
  severity: "error",
  wrong: "Annotations of a canary's Ingress lack a part, or contradict each other.",
  why: "What lacks a part does nothing, without a word; a header's value in the place of a word sends those to the canary who asked not to get it.",
  mend: 'Give canary: "true" together with a canary-weight of at most canary-weight-total, a canary-by-header or a canary-by-cookie.',
  source:
    "ingress-nginx's documentation of canary annotations (precedence: header, cookie, weight; with a value, always and never mean nothing; a value beats a pattern).",
  kinds: [ingressKind],
  limits: {},
  *judge(ingress) {
    const given = (name: string) => (nginxAnnotation(ingress, name).text() ?? "") !== "";
    if (!isCanaryIngress(ingress)) {
      const unused = [...rulesOfRequests, ...others].find(given);
      if (unused)
        yield violation(nginxAnnotation(ingress, unused), `does nothing without ${nginxPrefix}canary: "true"`);
      return;
    }
    if (!rulesOfRequests.some(given))
      yield violation(
        nginxAnnotation(ingress, "canary"),
        `nothing says which requests the canary gets; accepted: one of ${rulesOfRequests.join(", ")}`,
      );
    yield* judgeWeight(nginxAnnotation(ingress, "canary-weight"), nginxAnnotation(ingress, "canary-weight-total"));
    yield* judgeHeader(ingress, given);
  },
};

function* judgeWeight(weight: Field, total: Field): Iterable<Finding> {
  if (!weight.exists || weight.text() === "") return;
  const most = total.exists && total.text() !== "" ? Number(total.text()) : 100;
  const value = Number(weight.text());
  if (Number.isInteger(value) && value >= 0 && value <= most) return;
  yield violation(
    weight,
    `the weight is ${weight.text() ?? ""} of ${most}; accepted: a whole number from 0 to ${most}`,
  );
}

function* judgeHeader(ingress: Field, given: (name: string) => boolean): Iterable<Finding> {
  const [value, pattern] = ["canary-by-header-value", "canary-by-header-pattern"].map((name) =>
    nginxAnnotation(ingress, name),
  );
  const unused = others.slice(1).find(given);
  if (unused && !given("canary-by-header"))
    return yield violation(nginxAnnotation(ingress, unused), "does nothing without canary-by-header");
  if (value && ["always", "never"].includes(value.text() ?? "")) {
    yield violation(
      value,
      `requests with the value ${value.text() ?? ""} get the canary, and always and never mean nothing beside it; accepted: no canary-by-header-value, or another one`,
    );
  }
  if (pattern && given("canary-by-header-value") && given("canary-by-header-pattern"))
    yield violation(pattern, "is not looked at beside canary-by-header-value; accepted: one of the two");
}
