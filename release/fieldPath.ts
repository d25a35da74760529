/** The place of a field in words, by its keys and positions: "spec.steps[0].weight". */
export function fieldPath(place: readonly (string | number)[]): string {
  return place.map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`)).join("");
}
