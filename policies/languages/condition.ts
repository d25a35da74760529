import { NotParsed } from "./notParsed";
import { commaSeparated, Tokens } from "./tokens";

/** What a query may answer, as Argo Rollouts hands it to a condition: null is Datadog's answer without data. */
export type Result = number | null | readonly number[];

/** A condition of a metric, in the part of the expr language that is used to compare numbers. */
export interface Condition {
  /** False where the condition is the same whatever was measured. */
  readonly readsResult: boolean;
  /**
   * Whether the condition holds; "error" where the controller would count the measurement as an error. `argument`
   * stands for `{{args...}}`.
   */
  holds(result: Result, argument?: number): boolean | "error";
}

type Value = Result | boolean | string;
interface Scope {
  readonly result: Result;
  readonly argument: number;
  readonly element?: number;
}
type Expression = (scope: Scope) => Value;

/** An error that the controller would meet too. */
class Failed extends Error {}
/** Thrown often, and a stack is costly. */
const failed = new Failed();

const word =
  /\{\{[^{}]*\}\}|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|"[^"]*"|'[^']*'|[A-Za-z_]\w*|&&|\|\||[=!<>]=|[-+*/<>!()[\]{},#?:]/y;

/** Parses a condition. Throws `NotParsed` where it uses more of the language than is known here. */
export function parseCondition(text: string): Condition {
  if (/^\W*\{\{[^{}]*\}\}\W*$/.test(text)) throw new NotParsed("it is an argument as a whole");
  const tokens = new Tokens(text, word);
  const expression = either(tokens);
  tokens.end();
  return {
    readsResult: /\b(result|default|isNil)\b/.test(text),
    holds: (result, argument = 0) => {
      try {
        return boolean(expression({ result, argument }));
      } catch (error) {
        if (error instanceof Failed) return "error";
        throw error;
      }
    },
  };
}

function either(tokens: Tokens): Expression {
  const left = both(tokens);
  if (!tokens.skip("||", "or")) return left;
  const right = either(tokens);
  return (scope) => boolean(left(scope)) || boolean(right(scope));
}

function both(tokens: Tokens): Expression {
  const left = comparison(tokens);
  if (!tokens.skip("&&", "and")) return left;
  const right = both(tokens);
  return (scope) => boolean(left(scope)) && boolean(right(scope));
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function comparison(tokens: Tokens): Expression {
  const left = sum(tokens);
  const operator = tokens.skip("<", "<=", ">", ">=", "==", "!=");
  if (operator === undefined) return left;
  const right = sum(tokens);
  const compare = comparisons[operator];
  if (compare) return (scope) => compare(number(left(scope)), number(right(scope)));
  return (scope) => (left(scope) === right(scope)) === (operator === "==");
}

function sum(tokens: Tokens): Expression {
  let left = product(tokens);
  for (let operator; (operator = tokens.skip("+", "-"));) {
    const [a, b, sign] = [left, product(tokens), operator === "+" ? 1 : -1];
    left = (scope) => number(a(scope)) + sign * number(b(scope));
  }
  return left;
}

function product(tokens: Tokens): Expression {
  let left = unary(tokens);
  for (let operator; (operator = tokens.skip("*", "/"));) {
    const [a, b, times] = [left, unary(tokens), operator === "*"];
    left = (scope) => (times ? number(a(scope)) * number(b(scope)) : number(a(scope)) / number(b(scope)));
  }
  return left;
}

function unary(tokens: Tokens): Expression {
  const operator = tokens.skip("!", "not", "-");
  if (operator === undefined) return indexed(tokens);
  const operand = unary(tokens);
  return operator === "-" ? (scope) => -number(operand(scope)) : (scope) => !boolean(operand(scope));
}

function indexed(tokens: Tokens): Expression {
  let value = primary(tokens);
  while (tokens.skip("[")) {
    const [of, index] = [value, either(tokens)];
    tokens.expect("]");
    value = (scope) => {
      const [values, at] = [list(of(scope)), number(index(scope))];
      const item = values.at(at);
      if (item === undefined) throw failed;
      return item;
    };
  }
  return value;
}

const constants: Readonly<Record<string, Value>> = { true: true, false: false, nil: null };

function primary(tokens: Tokens): Expression {
  const found = tokens.take();
  if (found === "(") {
    const inner = either(tokens);
    tokens.expect(")");
    return inner;
  }
  if (found.startsWith("{{")) return ({ argument }) => argument;
  if (/^\d/.test(found)) return () => Number(found);
  if (/^["']/.test(found)) return () => found.slice(1, -1);
  if (found === "result") return ({ result }) => result;
  if (found === "#") return ({ element }) => element ?? null;
  if (Object.hasOwn(constants, found)) return () => constants[found] ?? null;
  if (tokens.skip("(") === undefined) throw new NotParsed(`"${found}" is not known`);
  return Object.hasOwn(quantifiers, found) ? quantified(tokens, found) : called(tokens, found);
}

const quantifiers: Readonly<Record<string, (held: readonly boolean[]) => boolean>> = {
  all: (held) => held.every(Boolean),
  any: (held) => held.some(Boolean),
  none: (held) => !held.some(Boolean),
  one: (held) => held.filter(Boolean).length === 1,
};

/** `all(result, {# < 5})`, with or without the braces. */
function quantified(tokens: Tokens, name: string): Expression {
  return tokens.once("a predicate in a predicate is not read", () => quantifier(tokens, name));
}

function quantifier(tokens: Tokens, name: string): Expression {
  const values = either(tokens);
  tokens.expect(",");
  const braced = tokens.skip("{") !== undefined;
  const predicate = either(tokens);
  if (braced) tokens.expect("}");
  tokens.expect(")");
  return (scope) => {
    const held = list(values(scope)).map((element) => boolean(predicate({ ...scope, element })));
    return quantifiers[name]?.(held) ?? false;
  };
}

/** `default` and `isNil` ask for the result, whatever they are given. */
const functions: Readonly<Record<string, (scope: Scope, args: readonly Expression[]) => Value>> = {
  len: (scope, [values]) => list(valueOf(values, scope)).length,
  isNaN: (scope, [value]) => Number.isNaN(number(valueOf(value, scope))),
  isInf: (scope, [value]) => Math.abs(number(valueOf(value, scope))) === Infinity,
  isNil: ({ result }) => result === null,
  default: (scope, [, fallback]) => scope.result ?? valueOf(fallback, scope),
  asFloat: (scope, [value]) => number(valueOf(value, scope)),
  asInt: (scope, [value]) => Math.trunc(number(valueOf(value, scope))),
  abs: (scope, [value]) => Math.abs(number(valueOf(value, scope))),
};

function called(tokens: Tokens, name: string): Expression {
  const args = commaSeparated(tokens, ")", () => either(tokens));
  const call = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!call) throw new NotParsed(`the function ${name} is not known`);
  return (scope) => call(scope, args);
}

function valueOf(expression: Expression | undefined, scope: Scope): Value {
  if (!expression) throw failed;
  return expression(scope);
}

function boolean(value: Value): boolean {
  if (typeof value !== "boolean") throw failed;
  return value;
}

function number(value: Value): number {
  if (typeof value !== "number") throw failed;
  return value;
}

function list(value: Value): readonly number[] {
  if (!Array.isArray(value)) throw failed;
  return value as readonly number[];
}
