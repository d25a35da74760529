import { Field } from "../objects/field";
import type { Input } from "../objects/input";
import { memoizedByObject } from "../objects/memoized";
import type { Key, ObjectSet } from "../objects/objectSet";

export const ingressKind = "networking.k8s.io/Ingress";
export const nginxPrefix = "nginx.ingress.kubernetes.io/";

/** An annotation of ingress-nginx on an Ingress. */
export const nginxAnnotation = (ingress: Field, name: string) =>
  ingress.at("metadata", "annotations", nginxPrefix + name);

export const isCanaryIngress = (ingress: Field) => isCanary(ingress.input);
const isCanary = memoizedByObject((input: Input) => nginxAnnotation(new Field(input), "canary").text() === "true");

/** A path of an Ingress, with its host and what answers there. */
export interface IngressPath {
  readonly field: Field;
  readonly host: string;
  readonly path: string;
  readonly pathType: string;
  readonly service: Field;
  /** The Service's port, by number or by name. */
  readonly port: string;
}

export const pathsOf = (ingress: Field) => paths(ingress.input);

const paths = memoizedByObject((input: Input): readonly IngressPath[] => {
  return new Field(input)
    .at("spec", "rules")
    .list()
    .flatMap((rule) =>
      rule
        .at("http", "paths")
        .list()
        .map((field) => {
          const service = field.at("backend", "service");
          const port = service.at("port", "name").text() ?? String(service.at("port", "number").number() ?? "");
          return {
            field,
            host: rule.at("host").text() ?? "",
            path: field.at("path").text() ?? "/",
            pathType: field.at("pathType").text() ?? "",
            service: service.at("name"),
            port,
          };
        }),
    );
});

/** How a message calls a path: "shop.example.com/cart". */
export const placeOf = ({ host, path }: IngressPath) => `${host || "any host"}${path}`;

const keyOfPlace = ({ host, path }: IngressPath) => JSON.stringify([host, path]);

/** Paths by their place. */
export class Places {
  private readonly paths = new Map<string, IngressPath[]>();

  constructor(paths: readonly IngressPath[]) {
    for (const path of paths) {
      const same = this.at(path);
      if (same.length > 0) same.push(path);
      else this.paths.set(keyOfPlace(path), [path]);
    }
  }

  /** Those at the place of another path. */
  at(path: IngressPath): IngressPath[] {
    return this.paths.get(keyOfPlace(path)) ?? [];
  }
}

const placesOf = memoizedByObject((input: Input) => new Places(paths(input)));

/** Where a path leads, as messages call it. */
export const upstreamOf = ({ service, port }: IngressPath) => `Service ${service.text() ?? ""}, port ${port}`;

const byHost = keyOf(({ host }) => host);
const byPlace = keyOf(keyOfPlace);
const byUpstream = keyOf(upstreamOf);

function keyOf(textOf: (path: IngressPath) => string): Key {
  const textsOf = (ingress: Field) => {
    const isCanary = isCanaryIngress(ingress);
    return pathsOf(ingress).map((path) => keyText(isCanary, textOf(path)));
  };
  return { kind: ingressKind, textsOf };
}

const keyText = (isCanary: boolean, text: string) => `${isCanary ? "canary" : "main"} ${text}`;

/** The other Ingresses beside one, for any of its hosts: those for all requests, or those of canaries. */
export function otherIngresses(ingress: Field, objects: ObjectSet, canaries: boolean): readonly Field[] {
  const found = objects.inNamespaceHaving(ingress, byHost, () =>
    pathsOf(ingress).map(({ host }) => keyText(canaries, host)),
  );
  return found.filter((other) => other.input !== ingress.input && isCanaryIngress(other) === canaries);
}

/** The paths of other Ingresses at the place of a path of one: of those for all requests, or of those of canaries. */
export function pathsBeside(
  path: IngressPath,
  ingress: Field,
  objects: ObjectSet,
  canaries: boolean,
): readonly IngressPath[] {
  const found = objects.inNamespaceHaving(ingress, byPlace, () => [keyText(canaries, keyOfPlace(path))]);
  return found
    .filter((other) => other.input !== ingress.input && isCanaryIngress(other) === canaries)
    .flatMap((other) => placesOf(other.input).at(path));
}

/** The Ingresses for all requests, beside an object, that lead to one of some Services and ports. */
export function mainsLeadingTo(upstreams: ReadonlySet<string>, near: Field, objects: ObjectSet): readonly Field[] {
  const found = objects.inNamespaceHaving(near, byUpstream, () =>
    [...upstreams].map((upstream) => keyText(false, upstream)),
  );
  return found.filter((ingress) => !isCanaryIngress(ingress));
}
