import type { Input } from "../objects/input";
import type { Excerpt } from "./yaml";

type Key = string | number;

/** An object to judge, and where it was read. */
export interface Located {
  readonly input: Input;
  readonly file: string;
  /** What else says where it comes from: the file of a chart, the URN of a resource. */
  readonly origin?: string;
  excerpt(place: readonly Key[]): Excerpt;
}

type Part = Readonly<Record<string, unknown>>;

export function isMap(value: unknown): value is Part {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether it says what kind of object it is; where it does not, it is no Kubernetes object. */
export function isKubernetesObject(value: unknown): value is Part {
  return isMap(value) && typeof value["apiVersion"] === "string" && typeof value["kind"] === "string";
}
