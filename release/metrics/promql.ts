import { parser } from "@prometheus-io/lezer-promql";
import { cut } from "../printable";

type SyntaxNode = ReturnType<typeof parser.parse>["topNode"];

/** Text that is not PromQL. */
export class NotPromQL extends Error {
  override readonly name = "NotPromQL";
}

/** A part of a query: what kind of expression it is in Prometheus' own grammar, its text and its parts. */
export interface Expression {
  /** The name that the grammar has for it, such as "BinaryExpr" or "VectorSelector". */
  readonly kind: string;
  readonly text: string;
  readonly parts: readonly Expression[];
}

/** Longer queries than anybody writes by hand are not read, so that reading cannot exhaust the stack. */
const longest = 20_000;

/** Reads a query. Throws `NotPromQL` with the place where it stops being one. */
export function parseQuery(query: string): Expression {
  if (query.trim() === "") throw new NotPromQL("it is empty");
  if (query.length > longest) throw new NotPromQL(`it is longer than ${longest} characters`);
  const top = strictly(query);
  const [expression] = expressionOf(top, query, 0).parts;
  if (expression === undefined) throw new NotPromQL("it holds nothing but a comment");
  return expression;
}

const strict = parser.configure({ strict: true });

/** Nobody needs what may follow an error, and to look for it takes seconds. */
function strictly(query: string): SyntaxNode {
  try {
    return strict.parse(query).topNode;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const at = Number(/\d+$/.exec(error.message)?.[0] ?? 0);
    throw notUnderstood(query.slice(at));
  }
}

function notUnderstood(text: string): NotPromQL {
  const rest = text.trim();
  return new NotPromQL(rest === "" ? "it ends too early" : `"${cut(rest)}" is not understood`);
}

const deepest = 200;

function expressionOf(node: SyntaxNode, query: string, depth: number): Expression {
  if (depth > deepest) throw new NotPromQL(`it is nested deeper than ${deepest} times`);
  if (node.type.isError) throw notUnderstood(query.slice(node.from));
  const parts: Expression[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) parts.push(expressionOf(child, query, depth + 1));
  return { kind: node.name, text: query.slice(node.from, node.to), parts };
}

/** The arguments of a function's call or of an aggregation. */
export function argumentsOf({ parts }: Expression): readonly Expression[] {
  return parts.find(({ kind }) => kind === "FunctionCallBody")?.parts ?? [];
}

/** A set of series that a query reads: the metric, and each of its labels' matchers. */
export interface Selector {
  readonly text: string;
  readonly metric?: string;
  readonly matchers: readonly { readonly label: string; readonly is: string; readonly value: string }[];
}

/** Every selector of a query, from left to right. */
export function selectorsOf(expression: Expression): readonly Selector[] {
  if (expression.kind !== "VectorSelector") return expression.parts.flatMap(selectorsOf);
  const metric = expression.parts.find(({ kind }) => kind === "Identifier")?.text;
  const labels = expression.parts.find(({ kind }) => kind === "LabelMatchers")?.parts ?? [];
  const matchers = labels.flatMap(({ parts: [label, is, value] }) =>
    label && is && value ? [{ label: label.text, is: is.text, value: value.text.slice(1, -1) }] : [],
  );
  return [{ text: expression.text, ...(metric !== undefined && { metric }), matchers }];
}

/** The ranges of a query, as written: "5m" of `rate(x[5m])`. */
export function rangesOf(expression: Expression): readonly string[] {
  const own =
    expression.kind === "MatrixSelector" || expression.kind === "SubqueryExpr"
      ? expression.parts.filter(({ kind }) => kind === "DurationExpr").slice(0, 1)
      : [];
  return [...own.map(({ text }) => text), ...expression.parts.flatMap(rangesOf)];
}

/** Whether a query answers a range of samples rather than one at a time, which no condition can be about. */
export function answersARange({ kind, parts }: Expression): boolean {
  if (kind === "MatrixSelector" || kind === "SubqueryExpr") return true;
  return ["ParenExpr", "OffsetExpr", "StepInvariantExpr", "UnaryExpr"].includes(kind) && parts.some(answersARange);
}

/** Whether a query answers one sample at most, as far as its form tells. */
export const answersOneSample = (expression: Expression): boolean => answerOf(expression) === "one sample";

type Answer = "a scalar" | "one sample" | "several samples";

const severalOf = ["Topk", "Bottomk", "LimitK", "LimitRatio", "CountValues"];
const oneOf = ["Vector", "Absent", "AbsentOverTime"];
const scalarOf = ["Scalar", "Time", "Pi"];

function answerOf(expression: Expression): Answer {
  const { kind, parts } = expression;
  switch (kind) {
    case "NumberDurationLiteral":
    case "StringLiteral":
      return "a scalar";
    case "ParenExpr":
    case "UnaryExpr":
    case "OffsetExpr":
    case "StepInvariantExpr":
    case "SubqueryExpr":
      return mostOf(parts.filter(isExpression));
    case "AggregateExpr":
      return isOneGroup(expression, []) && !severalOf.includes(innerKind(expression))
        ? "one sample"
        : "several samples";
    case "FunctionCall":
      return answerOfCall(expression);
    case "BinaryExpr": {
      const isSubset = parts.some((part) => ["And", "Unless"].includes(part.kind));
      return mostOf(parts.filter(isExpression).slice(0, isSubset ? 1 : 2));
    }
    default:
      return "several samples";
  }
}

function answerOfCall(call: Expression): Answer {
  const [name, given] = [innerKind(call), argumentsOf(call)];
  if (scalarOf.includes(name)) return "a scalar";
  if (oneOf.includes(name) || given.length === 0) return "one sample";
  const ofBuckets = name.startsWith("Histogram") && given.some((each) => isOneGroup(each, ["le"]));
  return ofBuckets ? "one sample" : mostOf(given.filter(isExpression));
}

/** The name that the grammar has for a function or for an aggregation's operator. */
const innerKind = ({ parts: [named] }: Expression) => named?.parts[0]?.kind ?? "";

/** Whether an aggregation makes one group of all series, apart from what is told apart by these labels. */
function isOneGroup({ kind, parts }: Expression, labels: readonly string[]): boolean {
  if (kind !== "AggregateExpr") return false;
  const modifier = parts.find((part) => part.kind === "AggregateModifier");
  const grouped = modifier?.parts.find((part) => part.kind === "GroupingLabels")?.parts ?? [];
  return modifier?.parts[0]?.kind !== "Without" && grouped.every(({ text }) => labels.includes(text));
}

const isExpression = ({ kind }: Expression) => /(Expr|Call|Selector|Literal)$/.test(kind) && kind !== "DurationExpr";

function mostOf(expressions: readonly Expression[]): Answer {
  const answers = expressions.map(answerOf);
  if (answers.includes("several samples")) return "several samples";
  return answers.includes("one sample") ? "one sample" : "a scalar";
}
