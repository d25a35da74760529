import { defineScalarTag, NOT_RESOLVED } from "js-yaml";

/*
 * Numbers as the parser of Kubernetes reads them (sigs.k8s.io/yaml, goyaml.v2/resolve.go), which is neither YAML 1.1
 * nor 1.2: 070 is 56 and 0o70 too, 08 is 8, 1_000 is 1000, and 1:30 is text.
 */

/** Digits by their base, after underscores were taken out. */
const integers: readonly (readonly [RegExp, number])[] = [
  [/^[-+]?0[xX]([0-9a-fA-F]+)$/, 16],
  [/^[-+]?0[bB]([01]+)$/, 2],
  [/^[-+]?0[oO]?([0-7]+)$/, 8],
  [/^[-+]?(0|[1-9][0-9]*)$/, 10],
];
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
/** What begins with a point is a number of Go, in which underscores stand between digits alone. */
const floatOfGo = /^\.\d+(_\d+)*([eE][-+]?\d+(_\d+)*)?$/;

function integer(source: string): number | undefined {
  if (!/^[-+\d]/.test(source)) return undefined;
  const plain = source.replaceAll("_", "");
  for (const [pattern, base] of integers) {
    const digits = pattern.exec(plain)?.[1];
    if (digits !== undefined) return (plain.startsWith("-") ? -1 : 1) * parseInt(digits, base) + 0;
  }
  return undefined;
}

function number(source: string): number | undefined {
  const whole = integer(source);
  if (whole !== undefined) return whole;
  const plain = source.replaceAll("_", "");
  return (/^[-+\d]/.test(source) && float.test(plain)) || floatOfGo.test(source) ? Number(plain) : undefined;
}

/** What is too large for a number stays text; what JSON has no number for, such as .inf, is sent by nobody. */
const resolving = (read: (source: string) => number | undefined) => (source: string) => {
  const value = read(source);
  return value !== undefined && Number.isFinite(value) ? value : NOT_RESOLVED;
};

const first = ["-", "+", ..."0123456789"];
const identify = () => false;

export const numberTags = [
  defineScalarTag("tag:yaml.org,2002:int", {
    implicit: true,
    implicitFirstChars: first,
    resolve: resolving(integer),
    identify,
  }),
  defineScalarTag("tag:yaml.org,2002:float", {
    implicit: true,
    implicitFirstChars: [...first, "."],
    resolve: resolving(number),
    identify,
  }),
];
