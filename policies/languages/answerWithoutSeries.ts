import { argumentsOf, type Expression } from "../../release/metrics/promql";
import { memoized } from "../objects/memoized";
import { NotParsed } from "./notParsed";
import { parsedTemplate, unknownArgument } from "./queryTemplate";

/** What part of a PromQL query answers while Prometheus has none of its series: nothing, or a number. */
type Answer = number | "nothing";

/**
 * What a PromQL query answers while Prometheus has none of its series: "nothing", or the number that a default such as
 * `or vector(0)` makes of it. Throws `NotParsed` where it is none, or uses a part of the language that is not known
 * here.
 */
export const answerWithoutSeries = memoized((query: string): Answer => answer(parsedTemplate(query)));

function answer(expression: Expression): Answer {
  const { kind, text, parts } = expression;
  const [first] = parts;
  switch (kind) {
    case "NumberDurationLiteral":
      return number(text);
    case "VectorSelector":
      if (first?.text === unknownArgument) throw new NotParsed("an argument stands for a part of the query");
      return "nothing";
    case "MatrixSelector":
      return "nothing";
    case "ParenExpr":
    case "OffsetExpr":
    case "StepInvariantExpr":
    case "SubqueryExpr":
      return first ? answer(first) : "nothing";
    case "UnaryExpr":
      return signed(first?.text, parts[1]);
    case "BinaryExpr":
      return combined(expression);
    case "AggregateExpr":
      return aggregated(expression);
    case "FunctionCall":
      return called(expression);
    default:
      throw new NotParsed(`what ${text} answers without data is not known`);
  }
}

function number(text: string): number {
  const value = Number(text.replace(/inf$/i, "Infinity"));
  if (Number.isNaN(value) && !/^nan$/i.test(text)) throw new NotParsed(`the number ${text} is not understood`);
  return value;
}

function signed(sign: string | undefined, of: Expression | undefined): Answer {
  const value = of ? answer(of) : "nothing";
  return value !== "nothing" && sign === "-" ? -value : value;
}

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Mod: (a, b) => a % b,
  Pow: (a, b) => a ** b,
  Atan2: Math.atan2,
};

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  Eql: (a, b) => a === b,
  EqlC: (a, b) => a === b,
  Neq: (a, b) => a !== b,
  Lss: (a, b) => a < b,
  Lte: (a, b) => a <= b,
  Gtr: (a, b) => a > b,
  Gte: (a, b) => a >= b,
};

function combined({ parts }: Expression): Answer {
  const [left, operator, right] = parts.filter(
    ({ kind }) => kind !== "BoolModifier" && kind !== "MatchingModifierClause",
  );
  if (!left || !operator || !right) throw new NotParsed("a side of an operator is missing");
  const [a, b] = [answer(left), answer(right)];
  if (operator.kind === "Or") return a === "nothing" ? b : a;
  if (operator.kind === "Unless") return b === "nothing" ? a : "nothing";
  if (a === "nothing" || b === "nothing") return "nothing";
  if (operator.kind === "And") return a;
  const calculate = arithmetic[operator.kind];
  // The grammar reads -2 ^ 2 as (-2) ^ 2, and Prometheus as -(2 ^ 2).
  if (operator.kind === "Pow" && left.text.startsWith("-")) return -((-a) ** b);
  if (calculate) return calculate(a, b);
  const compare = comparisons[operator.kind];
  if (!compare) throw new NotParsed(`the operator ${operator.text} is not known`);
  if (parts.some(({ kind }) => kind === "BoolModifier")) return compare(a, b) ? 1 : 0;
  return compare(a, b) ? a : "nothing";
}

function aggregated(expression: Expression): Answer {
  const answers = argumentsOf(expression).map(answer);
  if (answers.includes("nothing")) return "nothing";
  const name = expression.parts[0]?.text ?? "";
  if (["sum", "avg", "min", "max"].includes(name) && answers.length === 1) return answers[0] ?? "nothing";
  throw new NotParsed(`what ${name} answers without data is not known`);
}

function called(expression: Expression): Answer {
  const name = expression.parts[0]?.text ?? "";
  const answers = argumentsOf(expression)
    .filter(({ kind }) => kind !== "StringLiteral")
    .map(answer);
  const [first = "nothing"] = answers;
  if (name === "vector") return first;
  if (name === "scalar") return first === "nothing" ? NaN : first;
  if (name === "absent" || name === "absent_over_time") return first === "nothing" ? 1 : "nothing";
  if (answers.includes("nothing")) return "nothing";
  throw new NotParsed(`what ${name} answers without data is not known`);
}
