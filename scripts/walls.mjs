// Which room may import which: the lint rule, and the table in docs/architecture.md, are made from this map.
import { dirname, relative, resolve } from "node:path";

/**
 * A room may import itself, the rooms that it names, and those inside of them; `outside` are packages that it may not
 * import.
 */
const pulumi = "@pulumi/";
const client = "@kubernetes/";

/** Every room, by its folder or file. What lies deeper wins over what is around it. */
export const rooms = {
  release: {
    is: "what a release is: its settings, plan, metrics and promise; pure",
    imports: [],
    not: [pulumi, client],
  },
  manifests: {
    is: "what a release is on Kubernetes, as plain objects; a file for each router and each controller; pure",
    imports: ["release"],
    not: [pulumi, client],
  },
  verdict: { is: "what became of a release, read from the cluster", imports: ["release", "manifests"], not: [pulumi] },
  components: {
    is: "what Pulumi declares: `CanaryRelease` and its parts",
    imports: ["release", "manifests", "verdict"],
    not: [client],
  },
  policies: {
    is: "the gate: a policy pack",
    imports: ["policies/gate", "policies/objects", "policies/rules"],
    not: [client],
  },
  "policies/objects": {
    is: "reading fields of objects of which nothing is known",
    imports: ["release"],
    not: [pulumi, client],
  },
  "policies/languages": {
    is: "conditions, PromQL, durations and YAML's numbers, as others write them",
    imports: ["policies/objects", "release"],
    not: [pulumi, client],
  },
  "policies/metrics": {
    is: "what is asked of a metric, whichever controller judges by it: of which version, and of which requests",
    imports: ["policies/objects", "policies/languages", "release"],
    not: [pulumi, client],
  },
  "policies/kinds": {
    is: "all that is special to a Rollout and a Canary, and to each kind of route; what an Ingress and a workload say",
    imports: ["policies/objects", "policies/languages", "policies/metrics", "release"],
    not: [pulumi, client],
  },
  "policies/gate": {
    is: "what a rule is, how it judges, and exceptions from it",
    imports: ["policies/objects", "manifests"],
    not: [client],
  },
  "policies/rules": {
    is: "the rules, one a file",
    imports: [
      "policies/gate",
      "policies/objects",
      "policies/languages",
      "policies/kinds",
      "policies/metrics",
      "release",
      "manifests",
    ],
    not: [pulumi, client],
  },
  "policies/check": {
    is: "the gate on plain YAML and exported state",
    imports: ["policies/gate", "policies/objects", "policies/languages", "policies/rules", "release", "manifests"],
    not: [pulumi, client],
  },
  "stack.ts": { is: "reads the stack's configuration", imports: ["release", "manifests"], not: [client] },
  "index.ts": {
    is: "the program",
    imports: ["stack.ts", "release", "manifests", "components", "verdict"],
    not: [client],
  },
  commands: {
    is: "what is run beside the program",
    imports: ["release", "manifests", "policies/languages"],
    not: [pulumi, client],
  },
  sandbox: {
    is: "an embedded cluster for people without one, and the demonstration",
    imports: ["release", "manifests", "verdict", "components", "index.ts"],
  },
  fuzz: {
    is: "inputs made at random, held against everybody who reads what becomes of them",
    imports: ["release", "manifests", "policies", "sandbox"],
  },
  bench: {
    is: "what is measured against what a user would pick instead",
    imports: ["release", "manifests", "verdict", "components", "policies", "sandbox", "index.ts"],
  },
};

const root = resolve(import.meta.dirname, "..");

/** The innermost room that a file is in; undefined for files that are in none, such as tests. */
export function roomOf(file) {
  const path = relative(root, file);
  if (path === "") return "index.ts";
  const within = (room) => path === room || path === room.replace(/\.ts$/, "") || path.startsWith(`${room}/`);
  return Object.keys(rooms)
    .filter(within)
    .sort((a, b) => b.length - a.length)[0];
}

/** Whether a room may import a file of another one. */
const mayImport = (from, to) =>
  from === to || rooms[from].imports.some((room) => to === room || to.startsWith(`${room}/`));

/** What is wrong with an import of a file; undefined where nothing is. */
export function refusalOf(file, specifier) {
  const from = roomOf(file);
  if (from === undefined) return undefined;
  const { imports, not = [] } = rooms[from];
  if (!specifier.startsWith(".")) {
    const refused = not.find((start) => specifier.startsWith(start));
    return refused && `${from} imports no package ${refused}*`;
  }
  const to = roomOf(resolve(dirname(file), specifier));
  if (to !== undefined && mayImport(from, to)) return undefined;
  return `${from} may import ${imports.join(", ") || "nothing of ours"}, and not ${specifier}`;
}

/** The ESLint rule that holds the walls. */
export const walls = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const check = (node, source) => {
      const refusal = typeof source?.value === "string" ? refusalOf(context.filename, source.value) : undefined;
      if (refusal) context.report({ node, message: `{{ refusal }} (scripts/walls.mjs).`, data: { refusal } });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
      "CallExpression[callee.name='require']": (node) => check(node, node.arguments[0]),
      "CallExpression[callee.property.name='resolve'][callee.object.name='require']": (node) =>
        check(node, node.arguments[0]),
    };
  },
};

/** The map as a table in Markdown. */
export function wallsTable() {
  const rows = Object.entries(rooms).map(([room, { is, imports }]) => {
    const named = imports.map((each) => `\`${each}\``).join(", ") || "nothing of ours";
    return `| \`${room}\` | ${is} | ${named} |`;
  });
  return ["| room | what is in it | may import |", "| --- | --- | --- |", ...rows].join("\n");
}
