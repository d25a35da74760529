import { commaSeparated, NotParsed, Tokens } from "./tokens";

/** What part of a PromQL query answers while Prometheus has none of its series: nothing, or a number. */
type Answer = number | "nothing";

const word = new RegExp(
  [
    /\{\{[^{}]*\}\}/, // an argument of the template
    /\{(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^}"'])*\}/, // a selector's labels
    /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/,
    /\[[^\]]*\]/, // a range
    /0x[\da-fA-F]+|(?:\d+(?:ms|[smhdwy]))+|\d*\.?\d+(?:[eE][-+]?\d+)?/,
    /[A-Za-z_:][\w:]*/,
    /[=!<>]=|[-+*/%^<>(),@]/,
  ].map(({ source }) => source).join("|"),
  "y",
);

/**
 * What a PromQL query answers while Prometheus has none of its series: "nothing", or the number that a default such as
 * `or vector(0)` makes of it. Throws `NotParsed` where it uses more of the language than is known here.
 */
export function answerWithoutSeries(query: string): Answer {
  const tokens = new Tokens(query, word);
  const answer = binary(tokens, 0);
  tokens.end();
  return answer;
}

const precedence: readonly (readonly string[])[] = [
  ["or"],
  ["and", "unless"],
  ["==", "!=", "<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "/", "%", "atan2"],
];

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "^": (a, b) => a ** b,
  atan2: Math.atan2,
};

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function binary(tokens: Tokens, level: number): Answer {
  const operators = precedence[level];
  if (!operators) return unary(tokens);
  let left = binary(tokens, level + 1);
  for (let operator; (operator = tokens.skip(...operators)); ) {
    const bool = tokens.skip("bool") !== undefined;
    matching(tokens);
    left = combined(left, operator, binary(tokens, level + 1), bool);
  }
  return left;
}

/** Passes over `on (...)`, `ignoring (...)` and `group_left (...)`. */
function matching(tokens: Tokens): void {
  while (tokens.skip("on", "ignoring", "group_left", "group_right")) {
    if (tokens.skip("(")) commaSeparated(tokens, ")", () => tokens.take());
  }
}

function combined(left: Answer, operator: string, right: Answer, bool: boolean): Answer {
  if (operator === "or") return left === "nothing" ? right : left;
  if (operator === "unless") return right === "nothing" ? left : "nothing";
  if (left === "nothing" || right === "nothing") return "nothing";
  if (operator === "and") return left;
  const calculate = arithmetic[operator];
  if (calculate) return calculate(left, right);
  const holds = comparisons[operator]?.(left, right) ?? false;
  if (bool) return holds ? 1 : 0;
  return holds ? left : "nothing";
}

function unary(tokens: Tokens): Answer {
  const sign = tokens.skip("-", "+");
  if (sign !== undefined) return combined(sign === "-" ? -1 : 1, "*", unary(tokens), false);
  const base = modified(tokens, primary(tokens));
  return tokens.skip("^") ? combined(base, "^", unary(tokens), false) : base;
}

/** Passes over a range and what follows a selector. */
function modified(tokens: Tokens, answer: Answer): Answer {
  for (;;) {
    if (tokens.peek()?.startsWith("[")) tokens.take();
    else if (tokens.skip("offset")) {
      tokens.skip("-");
      tokens.take();
    } else return answer;
  }
}

function primary(tokens: Tokens): Answer {
  const found = tokens.take();
  if (found === "(") {
    const inner = binary(tokens, 0);
    tokens.expect(")");
    return inner;
  }
  if (/^[\d.]/.test(found)) {
    if (Number.isNaN(Number(found))) throw new NotParsed(`the number ${found} is not understood`);
    return Number(found);
  }
  if (found.startsWith("{{")) throw new NotParsed(`the argument ${found} stands for a part of the query`);
  if (found.startsWith("{")) return "nothing";
  if (!/^[A-Za-z_:]/.test(found)) throw new NotParsed(`"${found}" is not understood`);
  const grouped = grouping(tokens);
  if (tokens.skip("(")) return called(tokens, found);
  if (grouped) throw new NotParsed(`${found} is not followed by what it aggregates`);
  if (tokens.peek()?.startsWith("{") === true && !tokens.peek()?.startsWith("{{")) tokens.take();
  return "nothing";
}

/** Passes over `by (...)` or `without (...)`. */
function grouping(tokens: Tokens): boolean {
  if (tokens.skip("by", "without") === undefined) return false;
  tokens.expect("(");
  commaSeparated(tokens, ")", () => tokens.take());
  return true;
}

function called(tokens: Tokens, name: string): Answer {
  const argument = () => (/^["']/.test(tokens.peek() ?? "") ? void tokens.take() : binary(tokens, 0));
  const args = commaSeparated(tokens, ")", argument).filter((answer) => answer !== undefined);
  grouping(tokens);
  if (name === "vector" || name === "scalar") return args[0] === "nothing" && name === "scalar" ? NaN : (args[0] ?? "nothing");
  if (name === "absent" || name === "absent_over_time") return args[0] === "nothing" ? 1 : "nothing";
  if (args.includes("nothing")) return "nothing";
  if (["sum", "avg", "min", "max"].includes(name) && args.length === 1) return args[0] ?? "nothing";
  throw new NotParsed(`what ${name} answers without data is not known`);
}
