import { argumentsOf, type Expression } from "../../release/metrics/promql";

const scalars = ["scalar", "time", "pi"];

/** Whether a query answers one number rather than a vector of them. */
export function answersAScalar({ kind, parts }: Expression): boolean {
  if (kind === "NumberDurationLiteral") return true;
  if (kind === "FunctionCall") return scalars.includes(parts[0]?.text ?? "");
  if (kind === "ParenExpr") return parts.some(answersAScalar);
  const operands = parts.filter((part) => isOperand(part));
  return ["UnaryExpr", "BinaryExpr"].includes(kind) && operands.length > 0 && operands.every(answersAScalar);
}

const isOperand = ({ kind }: Expression) => /(Expr|Call|Literal|Selector)$/.test(kind) && kind !== "DurationExpr";

const counting = [
  "rate",
  "increase",
  "irate",
  "changes",
  "resets",
  "count_over_time",
  "present_over_time",
  "absent",
  "absent_over_time",
  "histogram_count",
  "histogram_fraction",
  "stddev_over_time",
  "stdvar_over_time",
  "abs",
  "sqrt",
  "exp",
  "time",
  "timestamp",
  "pi",
];
const keeping = [
  "vector",
  "scalar",
  "sum_over_time",
  "avg_over_time",
  "min_over_time",
  "max_over_time",
  "last_over_time",
  "quantile_over_time",
  "ceil",
  "floor",
  "round",
  "sort",
  "sort_desc",
];
const keepingOperators = ["Add", "Mul", "Div", "Mod", "Pow", "Or", "And", "Unless"];
const keepingAggregations = ["sum", "avg", "min", "max", "quantile", "topk", "bottomk"];

/** Whether no answer of a query can be below 0; false where that is not known. */
export function isNeverNegative(expression: Expression): boolean {
  const { kind, parts } = expression;
  const [first] = parts;
  const name = first?.text ?? "";
  switch (kind) {
    case "NumberDurationLiteral":
      return true;
    case "ParenExpr":
    case "OffsetExpr":
    case "StepInvariantExpr":
      return parts.filter(isOperand).slice(0, 1).every(isNeverNegative);
    case "VectorSelector":
      return /_(total|count|bucket)$/.test(name);
    case "MatrixSelector":
      return parts.slice(0, 1).every(isNeverNegative);
    case "BinaryExpr":
      return (
        parts.some((part) => keepingOperators.includes(part.kind)) && parts.filter(isOperand).every(isNeverNegative)
      );
    case "AggregateExpr":
      return (
        ["count", "stddev", "stdvar", "group"].includes(name) ||
        (keepingAggregations.includes(name) && argumentsOf(expression).every(isNeverNegative))
      );
    case "FunctionCall":
      return counting.includes(name) || (keeping.includes(name) && argumentsOf(expression).every(isNeverNegative));
    default:
      return false;
  }
}
