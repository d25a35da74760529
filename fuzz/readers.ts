import { isDeepStrictEqual } from "node:util";
import { dump } from "js-yaml";
import type { DescribedRelease } from "../manifests/describe";
import { planReport } from "../manifests/planReport";
import { readYaml } from "../policies/check/yaml";
import { today } from "../policies/gate/exceptions";
import { judge } from "../policies/gate/judge";
import { parseCondition } from "../policies/languages/condition";
import { ObjectSet } from "../policies/objects/objectSet";
import { rules } from "../policies/rules";
import { parseQuery } from "../release/metrics/promql";
import { wrongTypes } from "../release/metrics/promqlTypes";
import { controls, faultsOf, thrownBy, type Fault } from "./fault";
import { refusedAnnotations } from "./languages/ingressNginx";
import { refusedRegex, strangeMatch } from "./languages/regex";
import { refusedScript } from "./languages/shell";
import { filledIn, strangePlaces } from "./languages/templates";
import { callsOf, strangeIn } from "./languages/traefikRule";

/** What its readers, apart from the API server, would make of a described release that its author did not mean. */
export function faultsOfRelease(release: DescribedRelease): readonly Fault[] {
  const objects = release.objects.map(({ object }) => object as unknown as Part);
  return [
    ...objects.flatMap((object) => faultsOfObject(object, release)),
    ...faultsOf(
      "a segment matches what it names",
      release.settings.segments.flatMap(({ when }) => when.map(strangeMatch)),
    ),
    ...faultsOf("the plan is plain text", strangeText(release)),
    ...faultsOf("the gate judges every release", [thrownBy(() => judged(objects))]),
  ];
}

type Part = Readonly<Record<string, unknown>>;

function faultsOfObject(object: Part, { settings }: DescribedRelease): readonly Fault[] {
  const kind = String(object["kind"]);
  const found = (key: string) => valuesOf(object, key).filter((value) => typeof value === "string");
  const matches = found("match");
  const regexes = [
    ...found("regex"),
    ...found("nginx.ingress.kubernetes.io/canary-by-header-pattern"),
    ...valuesOf(object, "headers")
      .flatMap((headers) => (Array.isArray(headers) ? (headers as Part[]) : []))
      .filter(({ type }) => type === "RegularExpression")
      .map(({ value }) => String(value)),
    ...matches.flatMap((rule) => {
      const calls = thrownBy(() => callsOf(rule)) === undefined ? callsOf(rule) : [];
      return calls.filter(({ name }) => name === "HeaderRegexp").map(({ values }) => values[1] ?? "");
    }),
  ];
  const args = valuesOf(object, "args").flatMap((list) => (Array.isArray(list) ? (list as Part[]) : []));
  const names = args.map(({ name }) => String(name));
  const isTemplate = kind === "AnalysisTemplate" || kind === "MetricTemplate";
  const annotations = [...valuesOf(object, "annotations"), ...valuesOf(object, "canaryIngressAnnotations")];
  return [
    ...faultsOf(
      "Traefik reads of a rule what the release says",
      matches.flatMap((rule) => thrownBy(() => callsOf(rule)) ?? strangeIn(rule, settings)),
    ),
    ...faultsOf("a router takes each regular expression", regexes.map(refusedRegex)),
    ...faultsOf(
      "ingress-nginx takes each annotation",
      annotations.flatMap((each) => refusedAnnotations(each as Part)),
    ),
    ...faultsOf(
      "Prometheus takes each query",
      found("query").map((query) => thrownBy(() => parseQuery(filledIn(query))) ?? wrongTypes(filledIn(query))),
    ),
    ...faultsOf(
      "Argo Rollouts takes each condition",
      [...found("successCondition"), ...found("failureCondition")].map((text) =>
        thrownBy(() => parseCondition(filledIn(text))),
      ),
    ),
    ...faultsOf("bash takes each script", found("cmd").map(refusedScript)),
    ...faultsOf(
      "a controller fills in what it knows",
      isTemplate ? textsOf(object["spec"]).flatMap((text) => strangePlaces(kind, text, names)) : [],
    ),
    ...faultsOf("Envoy reads of a header what the release says", found("set-cookie").flatMap(strangeFormat)),
    ...faultsOf("YAML keeps an object", [strangeYaml(object)]),
  ];
}

/** Every value under a key, at whatever depth. */
function valuesOf(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const own = Object.hasOwn(value, key) ? [(value as Part)[key]] : [];
  return [...own, ...Object.values(value).flatMap((inside) => valuesOf(inside, key))];
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

/** Istio's own value is the name of a cluster; every other % is doubled. */
const strangeFormat = (value: string) => (value.replace(/%%|%UPSTREAM_CLUSTER%/g, "").includes("%") ? [value] : []);

function strangeYaml(object: Part): string | undefined {
  const text = dump(object, { noRefs: true, lineWidth: -1, quoteStyle: "double" });
  const thrown = thrownBy(() => readYaml("object", text));
  if (thrown !== undefined) return thrown;
  const [read] = readYaml("object", text).map(({ value }) => value);
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;
  return isDeepStrictEqual(plain(read), plain(object)) ? undefined : `${String(object["kind"])} is read as another one`;
}

function strangeText(release: DescribedRelease): readonly string[] {
  const { lines, markdown } = planReport(release);
  return [...lines, ...markdown.split("\n")].filter((line) => controls.test(line)).map((line) => JSON.stringify(line));
}

function judged(objects: readonly Part[]): void {
  const set = new ObjectSet(objects.map((object) => ({ object, ignoredFields: [] })));
  for (const rule of rules) for (const input of set.ofKinds(rule.kinds)) judge(rule, input, set, {}, today());
}
