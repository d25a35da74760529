import {
  PolicyPack,
  UnknownValueError,
  type PolicyResource,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { notKnown, type Input } from "./field";
import { judge, judgeAll, type Limits } from "./judge";
import { nameOf, Objects } from "./objects";
import type { Finding, Rule } from "./rule";
import { rules } from "./rules";

type Resource = Pick<PolicyResource | ResourceValidationArgs, "type" | "props" | "opts" | "urn">;

/** Objects that the program has declared so far, as it wrote them, by URN. */
const declared = new Map<string, Input>();

/**
 * A rule judges each object before it is sent, together with those that were declared before it; and once more at the
 * end, when all are known, since objects that have nothing to wait for come in any order.
 */
function policy(rule: Rule): ResourceValidationPolicy & StackValidationPolicy {
  const reported = new Set<string>();
  const violations = (findings: readonly Finding[]) =>
    findings
      .filter(({ kind }) => kind === "violation")
      .map((finding) => ({ object: finding.object, message: `${describe(finding)}\n${rule.mend}` }));
  return {
    name: rule.name,
    description: `${rule.wrong} ${rule.why}`,
    remediationSteps: rule.mend,
    enforcementLevel: rule.severity === "error" ? "mandatory" : "advisory",
    configSchema: { properties: configuration(rule) },
    validateResource: (resource, report) => {
      const input = inputOf(resource);
      if (!input) return;
      declared.set(resource.urn, input);
      for (const { message } of violations(judge(rule, input, new Objects([...declared.values()]), resource.getConfig<Limits>()))) {
        reported.add(message);
        report(message);
      }
    },
    validateStack: ({ resources, getConfig }, report) => {
      const { objects, urnOf } = stackOf(resources);
      for (const { message, object } of violations(judgeAll(rule, objects, getConfig<Limits>()))) {
        if (!reported.has(message)) report(message, urnOf(object));
        reported.add(message);
      }
      reported.clear();
    },
  };
}

/** What no rule could judge. Configure it as mandatory where everything must be judged. */
const notJudged: StackValidationPolicy = {
  name: "not-judged",
  description: "The gate cannot see something that it judges by: it is not known before the deployment, or this program does not declare it.",
  enforcementLevel: "advisory",
  validateStack: ({ resources }, report) => {
    const { objects, urnOf } = stackOf(resources);
    for (const rule of rules) {
      for (const finding of judgeAll(rule, objects).filter(({ kind }) => kind === "not judged")) {
        report(`${rule.name} was not judged: ${describe(finding)}`, urnOf(finding.object));
      }
    }
  },
};

function configuration({ limits }: Rule) {
  const schema = Object.entries(limits).map(([name, { default: value, least, most, description }]) => [
    name,
    { type: "number" as const, minimum: least, maximum: most, default: value, description },
  ]);
  return Object.fromEntries(schema) as NonNullable<ResourceValidationPolicy["configSchema"]>["properties"];
}

function describe({ object, field, message }: Finding): string {
  return `${nameOf(object)}${field === undefined ? "" : `, ${field}`}: ${message}`;
}

/** The objects of a whole stack, as the program wrote them; as they are in the state where it did not declare them this time. */
function stackOf(resources: readonly Resource[]) {
  const inputs = resources.map((resource) => [declared.get(resource.urn) ?? inputOf(resource), resource.urn] as const);
  const urns = new Map(inputs.flatMap(([input, urn]) => (input ? [[input.object, urn]] : [])));
  return {
    objects: new Objects(inputs.map(([input]) => input).filter((input) => input !== undefined)),
    urnOf: (object: Input["object"]) => urns.get(object),
  };
}

/** A resource as a Kubernetes object; undefined for other resources, and for patches, which are not whole objects. */
function inputOf({ type, props, opts }: Resource): Input | undefined {
  if (!type.startsWith("kubernetes:") || type.endsWith("Patch")) return undefined;
  const object = plain(props) as Input["object"];
  if (typeof object["apiVersion"] !== "string" || typeof object["kind"] !== "string") return undefined;
  return { object, ignoredFields: opts.ignoreChanges };
}

/** Properties without the proxy that throws where a value is not known yet. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = (key: string) => {
    try {
      return plain((value as Record<string, unknown>)[key]);
    } catch (error) {
      if (error instanceof UnknownValueError) return notKnown;
      throw error;
    }
  };
  const entries = Object.keys(value).map((key) => [key, known(key)] as const);
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

new PolicyPack("canary", { displayName: "Canary releases", policies: [...rules.map(policy), notJudged] });
