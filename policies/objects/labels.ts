import { NotReadable, type Field } from "./field";

export type LabelMap = Readonly<Record<string, string>>;

/** Labels, or a Service's selector. */
export function labelsOf(map: Field): LabelMap {
  return Object.fromEntries(map.keys().map((key) => [key, map.at(key).text() ?? ""]));
}

/** How a label is written: "app=web". */
export const labelText = ([key, value]: readonly [string, string]) => `${key}=${value}`;

/** Whether pods with these labels are among those selected. */
export function matches(selector: LabelMap, labels: LabelMap): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** Whether two selectors ask for different values of one label, so that no pod is in both. */
export function areApart(one: LabelMap, other: LabelMap): boolean {
  return Object.entries(one).some(([key, value]) => Object.hasOwn(other, key) && other[key] !== value);
}

/** Whether a LabelSelector, with matchLabels and matchExpressions, selects pods with these labels. */
export function selects(selector: Field, labels: LabelMap): boolean {
  return (
    matches(labelsOf(selector.at("matchLabels")), labels) &&
    selector
      .at("matchExpressions")
      .list()
      .every((expression) => holds(expression, labels))
  );
}

function holds(expression: Field, labels: LabelMap): boolean {
  const [key, operator] = [expression.at("key").text() ?? "", expression.at("operator").text() ?? ""];
  const values = expression
    .at("values")
    .list()
    .map((value) => value.text());
  const has = Object.hasOwn(labels, key);
  const isIn = has && values.includes(labels[key]);
  switch (operator) {
    case "In":
      return isIn;
    case "NotIn":
      return !isIn;
    case "Exists":
      return has;
    case "DoesNotExist":
      return !has;
    default:
      throw new NotReadable(expression.at("operator"), "is not an operator that is known here");
  }
}
