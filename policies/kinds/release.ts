import type { FailureDetection } from "../metrics/failureDetection";
import type { JudgingMetric, ReleaseMetric } from "../metrics/metric";
import type { Fault, Field, NotReadable } from "../objects/field";
import type { LabelMap } from "../objects/labels";
import type { ObjectSet } from "../objects/objectSet";
import type { RouteKind } from "./routes";

/**
 * All that is special to one kind of object that gives a version its weight: a release. What is asked of it may throw
 * `NotReadable`, also in the middle of what it lists.
 */
export interface ReleaseKind {
  /** With its API group. */
  readonly kind: string;
  /** Who moves the weight, as messages call it. */
  readonly controller: string;

  /** The key of its specification that names the workload whose pods it takes. */
  readonly workloadReference: string;
  /** Whether it runs the pods itself, and says how many; otherwise the workload does. */
  readonly runsPods: boolean;
  /**
   * The labels of the pods that answer all requests between two releases, from a workload that it takes pods from and
   * the labels of those; undefined where they are the same.
   */
  readonly stableLabels: ((workload: Field, labels: LabelMap) => LabelMap) | undefined;

  /** Nothing for a release that moves no weight: blue-green, A/B tests, and one without an analysis. */
  planOf(release: Field): Plan | undefined;
  /** How long the weights of a plan below 100 are held. */
  holdsOf(release: Field, objects: ObjectSet): Iterable<WeightHold>;

  /** The analyses that a release is judged by. */
  analysesOf(release: Field): Iterable<Field>;
  readAnalysis(analysis: Field, objects: ObjectSet): ReleaseAnalysis;
  /** Why no analysis judges a release, or one only too late. */
  faultsOfAnalyses(release: Field): Iterable<Fault>;
  /** How the metrics of a release with a plan find requests that fail. */
  failureDetectionOf(release: Field, objects: ObjectSet): FailureDetection;
  /** The metrics in an object that has some, by its kind. */
  readonly metricsIn: Readonly<Record<string, (holder: Field, objects: ObjectSet) => Iterable<JudgingMetric>>>;
  /** The PromQL in an object that has some, by its kind. */
  readonly queriesIn: Readonly<Record<string, (holder: Field) => Iterable<Field>>>;

  /** What others declare for its controller to move requests with; undefined for a kind that makes all of it itself. */
  readonly routing: DeclaredRouting | undefined;
  /** How it depends on ingress-nginx; nothing where it does not. */
  ingressNginxOf(release: Field): Fault | undefined;

  /** Fields of other objects that its controller writes. */
  ownedBy(release: Field): Iterable<OwnedElsewhere>;
  /** Why nobody is told of a release that was taken back; nothing where somebody is. */
  whyNobodyIsTold(release: Field): Fault | undefined;
}

/** A weight that a plan gives the canary, in percent of the requests. */
export interface Weight {
  readonly field: Field;
  readonly percent: number;
}

/** How the canary's weight is to move. */
export interface Plan {
  /** Where the steps are, or are missing. */
  readonly at: Field;
  /** Whether a weight that is given twice in a row is never left again. */
  readonly endsAtRepeatedWeight: boolean;
  /** In their order; read one by one, so that what is wrong before one that is not known is still found. */
  weights(): Iterable<Weight>;
}

/** The weights of a plan above 0. */
export function* positive(plan: Plan): Iterable<Weight> {
  for (const weight of plan.weights()) if (weight.percent > 0) yield weight;
}

/** Writes a weight: "12.5 %". */
export function formatWeight(percent: number): string {
  return `${Number(percent.toPrecision(4))} %`;
}

/** For how long a weight is held, or each of them. */
export interface WeightHold {
  readonly field: Field;
  /** Before the time in a message: "the weight 5 % is held for". */
  readonly words: string;
  /** Before the least time in a message: "a pause of at least". */
  readonly accepted: string;
  /** Seconds; some that take longer to work out are left out where the others are `enough`. */
  seconds(enough: number): number;
}

/** Metrics of a release that are judged together. */
export interface ReleaseAnalysis {
  /** Templates that are not among the objects. */
  readonly unseen: readonly NotReadable[];
  /** Arguments of its templates that have no value. */
  missingArguments(): Iterable<Fault>;
  /** The metrics that count. */
  metrics(): readonly ReleaseMetric[];
  /** What is wrong where no metric counts. Throws `NotReadable` where something else judges instead. */
  faultWithoutMetrics(): Fault;
}

/** What others declare, and a controller moves requests with. */
export interface DeclaredRouting {
  /** Routes that it moves weights in. */
  routesOf(release: Field): Iterable<NamedRoute>;
  /** Ingresses that it makes a canary's Ingress for. */
  ingressesOf(release: Field): readonly NamedIngress[];
  /** Where the Services of the versions are named: a pair for each way to name them. */
  servicesOf(release: Field): readonly VersionNames[];
  /** Where the versions are told apart by subsets of one Service instead; undefined where they are not. */
  subsetsOf(release: Field): VersionNames | undefined;
}

/** Where each version's name is. */
export interface VersionNames {
  readonly stable: Field;
  readonly canary: Field;
}

export interface NamedRoute {
  readonly kind: RouteKind;
  readonly name: Field;
  /** Default: that of the release. */
  readonly namespace?: string | undefined;
  /** Names of the rules that are moved, where the release says so. */
  readonly rules: readonly string[];
  /** Rules for other protocols than HTTP, which are not read here. */
  readonly others?: Field | undefined;
}

export interface NamedIngress {
  readonly name: Field;
  /** The Service whose paths get a canary. */
  readonly service: Field;
}

/** A field of another object that a controller writes. */
export interface OwnedElsewhere {
  readonly kind: string;
  /** Where the object is named. */
  readonly name: Field;
  /** Default: that of the object that names it. */
  readonly namespace?: string | undefined;
  readonly field: string;
}

/** The number of pods of the workload that a reference names. */
export function replicasOf(reference: Field): OwnedElsewhere {
  const [group = ""] = (reference.at("apiVersion").text() ?? "apps/v1").split("/");
  return {
    kind: `${group}/${reference.at("kind").text() ?? ""}`,
    name: reference.at("name"),
    field: "spec.replicas",
  };
}
