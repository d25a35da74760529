import {
  PolicyPack,
  UnknownValueError,
  type PolicyResource,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { exceptions, leastReason, today } from "./gate/exceptions";
import { type Input, kindOf, nameOf, notKnown } from "./objects/input";
import { ObjectSet } from "./objects/objectSet";
import {
  judge,
  judgeAnnotatedExceptions,
  judgeConfiguredExceptions,
  type Judged,
  type RuleConfiguration,
} from "./gate/judge";
import { readEachMessageOnce } from "./gate/engineMessages";
import type { Rule } from "./gate/rule";
import { rules } from "./rules";

type Resource = Pick<PolicyResource | ResourceValidationArgs, "type" | "props" | "opts" | "urn">;
type Schema = NonNullable<ResourceValidationPolicy["configSchema"]>["properties"];

/** A resource as its program declares it, and the policies that were given it: each is given a declaration once. */
interface Declaration {
  readonly input: Input;
  readonly seenBy: Set<string>;
}

/** Objects that the program has declared so far, as it wrote them. */
const declared = new ObjectSet();
const declarations = new Map<string, Declaration>();

function declare(resource: Resource, policy: string): Input | undefined {
  const before = declarations.get(resource.urn);
  if (before && !before.seenBy.has(policy)) {
    before.seenBy.add(policy);
    return before.input;
  }
  const input = inputOf(resource);
  if (!input) return undefined;
  if (before) declared.remove(before.input);
  declared.add(input);
  declarations.set(resource.urn, { input, seenBy: new Set([policy]) });
  return input;
}

interface Noted extends Judged {
  readonly urn?: string;
}

/**
 * What each rule found in the whole stack beside violations, and which of its exceptions have ended. The policies that
 * come after the rules report it.
 */
const noted = new Map<string, readonly Noted[]>();
const notes = (accepts: (judged: Judged) => boolean) => [...noted.values()].flat().filter(accepts);

/**
 * A rule judges each object before it is sent, together with those that were declared before it; and once more at the
 * end, when all are known, since objects that have nothing to wait for come in any order.
 */
function policy(rule: Rule): ResourceValidationPolicy & StackValidationPolicy {
  const reported = new Set<string>();
  const isViolation = ({ kind }: Judged) => kind === "violation";
  return {
    name: rule.name,
    description: `${rule.wrong} ${rule.why}`,
    remediationSteps: rule.mend,
    enforcementLevel: rule.severity === "error" ? "mandatory" : "advisory",
    configSchema: { properties: { ...limitsSchema(rule), exceptions: exceptionsSchema } },
    validateResource: (resource, report) => {
      const input = declare(resource, rule.name);
      if (!input || rule.needsAllObjects || !rule.kinds.includes(kindOf(input))) return;
      for (const message of judge(rule, input, declared, resource.getConfig<RuleConfiguration>(), today())
        .filter(isViolation)
        .map(withMend)) {
        reported.add(message);
        report(message);
      }
    },
    validateStack: ({ resources, getConfig }, report) => {
      const { objects, urnOf } = stackOf(resources);
      const [configuration, day] = [getConfig<RuleConfiguration>(), today()];
      const found = objects.ofKinds(rule.kinds).flatMap((input) => judge(rule, input, objects, configuration, day));
      const rest = found.filter((each) => !isViolation(each)).map((each) => ({ ...each, urn: urnOf(each) }));
      noted.set(rule.name, [...rest, ...judgeConfiguredExceptions(rule, configuration, day)]);
      for (const each of found.filter(isViolation)) {
        const message = withMend(each);
        if (!reported.has(message)) report(message, urnOf(each));
        reported.add(message);
      }
      reported.clear();
    },
  };
}

/** What is wrong with the exceptions, in annotations and in the pack's configuration. */
const exceptionsPolicy: StackValidationPolicy = {
  name: exceptions.name,
  description: `${exceptions.wrong} ${exceptions.why}`,
  remediationSteps: exceptions.mend,
  enforcementLevel: "mandatory",
  validateStack: ({ resources }, report) => {
    const { objects, urnOf } = stackOf(resources);
    for (const each of objects.inputs.flatMap((input) => judgeAnnotatedExceptions(input, rules, today())))
      report(withMend(each), urnOf(each));
    for (const each of notes(({ rule }) => rule === exceptions)) report(withMend(each));
  },
};

/** What no rule could judge. Configure it as mandatory where everything must be judged. */
const notJudged: StackValidationPolicy = {
  name: "not-judged",
  description:
    "The gate cannot see something that it judges by: it is not known before the deployment, or this program does not declare it.",
  enforcementLevel: "advisory",
  validateStack: (_, report) => {
    for (const each of notes(({ kind }) => kind === "not judged"))
      report(`${each.rule.name} was not judged: ${describe(each)}`, each.urn);
  },
};

/** What breaks a rule by an exception that is in force, so that nobody forgets it. */
const excepted: StackValidationPolicy = {
  name: "excepted",
  description: "An object breaks a rule, and an exception lets it.",
  enforcementLevel: "advisory",
  validateStack: (_, report) => {
    for (const each of notes(({ kind }) => kind === "excepted")) {
      report(
        `${each.rule.name}: ${describe(each)}; excepted until ${each.exception?.until}: ${each.exception?.reason}`,
        each.urn,
      );
    }
  },
};

function limitsSchema({ limits }: Rule): Schema {
  const schema = Object.entries(limits).map(([name, { default: value, least, most, description }]) => [
    name,
    { type: "number" as const, minimum: least, maximum: most, default: value, description },
  ]);
  return Object.fromEntries(schema) as Schema;
}

const exceptionsSchema: Schema[string] = {
  type: "array",
  description: "Objects that may break the rule, each with a reason and the last day of it.",
  items: {
    type: "object",
    additionalProperties: false,
    required: ["object", "reason", "until"],
    properties: {
      object: {
        type: "string",
        minLength: 1,
        description: 'Their kind and name, with * for any text: "Rollout shop/web", "Rollout shop/*".',
      },
      reason: { type: "string", minLength: leastReason },
      until: {
        type: "string",
        pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
        description: "A day, such as 2027-01-31, in UTC.",
      },
    },
  },
};

function withMend(judged: Judged): string {
  return `${describe(judged)}\n${judged.rule.mend}`;
}

function describe({ object, field, message }: Judged): string {
  const where = [object && nameOf(object), field].filter((part) => part !== undefined);
  return where.length === 0 ? message : `${where.join(", ")}: ${message}`;
}

/**
 * The objects of a whole stack, as its program declares them; those that it did not declare this time, as the state has
 * them.
 */
function stackOf(resources: readonly Resource[]) {
  const inputs = resources.map(
    (resource) => [declarations.get(resource.urn)?.input ?? inputOf(resource), resource.urn] as const,
  );
  const urns = new Map(inputs.flatMap(([input, urn]) => (input ? [[input, urn]] : [])));
  if (urns.size !== judgedLast.inputs.length || judgedLast.inputs.some((input) => !urns.has(input)))
    judgedLast = new ObjectSet(urns.keys());
  const byObject = new Map([...urns].map(([{ object }, urn]) => [object, urn]));
  return { objects: judgedLast, urnOf: ({ object }: Judged) => object && byObject.get(object) };
}

/** Every policy is given the same resources of a stack anew. */
let judgedLast = new ObjectSet();

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

readEachMessageOnce();
new PolicyPack("canary", {
  displayName: "Canary releases",
  policies: [...rules.map(policy), exceptionsPolicy, notJudged, excepted],
});
