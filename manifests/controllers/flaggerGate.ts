import { passesWithoutData, type JudgementSettings, type Metric } from "../../release/metrics/metrics";
import type { ReleaseSettings } from "../../release/settings";
import { firstWarning } from "../../release/settings/thresholds";
import type { Described } from "../description";
import type { CanaryWebhook } from "../types/flagger";
import type { AccessObject } from "../types/kubernetes";
import { shellQuoted, shellWord } from "../shell";
import { metadata } from "../metadata";

/**
 * What holds a step where Flagger itself would not: webhooks, the right to read the Canary, and what to know of them.
 */
export interface Gate {
  readonly objects: readonly Described[];
  readonly webhooks: readonly CanaryWebhook[];
  readonly notices: readonly string[];
}

/**
 * The gate of a release; an empty one where Flagger's own checks and its hold of one interval are all that is asked
 * for.
 */
export function gateOf(settings: ReleaseSettings, judging: readonly Metric[]): Gate {
  if (!isGated(settings)) return { objects: [], webhooks: [], notices: [] };
  return {
    objects: mayReadCanary(settings),
    webhooks: webhooksOf({ ...settings, namespace: String(settings.namespace) }, judging),
    notices: noticesOf(settings),
  };
}

/** Whether a release asks for what Flagger cannot do without its load tester. */
export function isGated(settings: ReleaseSettings): boolean {
  return asksPrometheus(settings) || hasOwnHolds(settings);
}

/** Whether a step without data is held, if only the first. */
export function holdsWithoutData({ noData }: Pick<JudgementSettings, "noData">): boolean {
  return noData === "hold" || noData === "hold, then fail";
}

const asksPrometheus = (settings: ReleaseSettings) =>
  holdsWithoutData(settings.judgement) || firstWarning(settings) !== undefined;
const hasOwnHolds = ({ steps, judgement }: ReleaseSettings) => steps.some(({ hold }) => hold !== judgement.interval);

export type Gated = Pick<ReleaseSettings, "application" | "steps" | "judgement" | "loadTester" | "prometheus"> & {
  readonly namespace: string;
};

/**
 * A webhook of type rollout is a check, which may fail; one of type confirm-traffic-increase runs after the checks,
 * before each raise and the promotion.
 */
function webhooksOf(gated: Gated, judging: readonly Metric[]): readonly CanaryWebhook[] {
  const holding = judging.filter(
    (metric) => metric.warns !== undefined || (holdsWithoutData(gated.judgement) && metric.during !== "later holds"),
  );
  const failing = judging.filter(({ during }) => during === "later holds");
  // Muted, or every look at a closed gate would send an alert.
  const webhook = (type: CanaryWebhook["type"], name: string, cmd: string): CanaryWebhook => ({
    type,
    name,
    url: `${urlOf(gated.loadTester)}/`,
    muteAlert: true,
    metadata: { type: "bash", cmd },
  });
  return [
    ...(holding.length > 0 ? [webhook("rollout", "prometheus", prometheusScript(gated))] : []),
    ...failing.map((metric) => webhook("rollout", metric.name, metricScript(gated, metric))),
    ...holding.map((metric) => webhook("confirm-traffic-increase", metric.name, metricScript(gated, metric))),
    webhook("confirm-traffic-increase", "hold", gateScript(gated, { opens: holding.length > 0 })),
  ];
}

/**
 * What the load tester runs, in bash, each time before Flagger raises the weight or promotes: it ends well once the
 * Canary's weight was held for as long as its step says. Needs kubectl and, where a person may open the gate, curl.
 */
export function gateScript(gated: Gated, { opens = false } = {}): string {
  const { steps, judgement } = gated;
  const { interval } = judgement;
  const manual = opens || steps.some(({ hold }) => hold === "until promoted");
  const close = manual ? " && gate close" : "";
  const cases = steps
    .filter(({ weight }) => weight > 0)
    .map(
      ({ weight, hold }) =>
        `  ${weight}) ${hold === "until promoted" ? "promoted" : `held ${wholeIntervals(hold, interval)}`}${close} ;;`,
    );
  return [
    ...readCanary(gated),
    "since=${since%Z}",
    'seconds=$(( $(date -u +%s) - $(date -u -d "${since/T/ }" +%s) ))',
    // Flagger looks at whole intervals, give or take a moment.
    `held() { echo "held for $seconds of $1 seconds"; [ $(( seconds + ${Math.floor(interval / 2)} )) -ge "$1" ]; }`,
    ...(manual ? [personsGate(gated), 'promoted() { gate check || { echo "waits for a person"; false; }; }'] : []),
    "case $weight in",
    // A gate that was opened for an earlier release is closed again.
    `  0) ${manual ? "gate close" : "true"} ;;`,
    ...cases,
    '  *) echo "weight $weight is not in the plan"; false ;;',
    "esac",
  ].join("\n");
}

/**
 * Ends well while a metric has data and does not warn, or once a person opened the gate, which is no help where no data
 * fails.
 */
export function metricScript(gated: Gated, metric: Metric): string {
  const { name, words, during } = metric;
  const query = metric.query.replaceAll("{{ namespace }}", gated.namespace);
  return [
    ...readCanary(gated),
    `case $weight in ${unjudged(gated, metric)}) exit 0 ;; esac`,
    ask(gated),
    `answer=$(ask ${shellQuoted(isWell({ ...metric, query }, gated.judgement))}) || { echo "Prometheus does not answer"; exit 1; }`,
    `[[ $answer == *'"value":['* ]] && exit 0`,
    `[[ $(ask ${shellQuoted(query)}) =~ '"value":['[^,]*',"'([^\\"]*) ]]`,
    `case \${BASH_REMATCH[1]:-NaN} in NaN) found="has no data" ;; *) found="is \${BASH_REMATCH[1]}" ;; esac`,
    `echo ${shellQuoted(name)} "$found," ${shellQuoted(`must be ${words}`)}`,
    ...(during === "later holds" ? ["false"] : [personsGate(gated), "gate check"]),
  ].join("\n");
}

/** A Prometheus that the load tester does not reach would close its gates for ever: it fails the check. */
const prometheusScript = (gated: Gated) =>
  `${ask(gated)}\nask 1 > /dev/null || { echo "Prometheus does not answer"; false; }`;

/** PromQL that answers something while a metric holds nobody; every comparison with NaN answers nothing. */
function isWell(
  { query, passes: { is, threshold }, warns, measuresData }: Metric,
  judgement: JudgementSettings,
): string {
  const bad = is === "<" ? ">=" : "<";
  if (warns !== undefined)
    return passesWithoutData(judgement) ? `absent((${query}) ${bad} ${warns})` : `(${query}) ${is} ${warns}`;
  return measuresData ? `(${query}) ${is} ${threshold}` : `(${query}) >= -Inf`;
}

/** Weights at which a metric is not asked for: without one the canary has no requests. */
function unjudged({ steps }: Gated, { during }: Metric): string {
  const weights = steps.map(({ weight }) => weight).filter((weight) => weight > 0);
  if (during === undefined) return "0";
  return [0, ...(during === "later holds" ? weights.slice(0, 1) : weights.slice(1))].join(" | ");
}

function readCanary({ application, namespace }: Gated): readonly string[] {
  return [
    `canary=$(kubectl get canaries.flagger.app ${application} --namespace ${namespace} --output jsonpath='{.status.canaryWeight} {.status.lastTransitionTime}') || exit 1`,
    'read -r weight since <<< "$canary"',
  ];
}

function personsGate({ application, namespace, loadTester }: Gated): string {
  return `gate() { curl -sf -o /dev/null -d ${shellQuoted(JSON.stringify({ name: application, namespace }))} ${shellWord(`${urlOf(loadTester)}/gate/`)}"$1"; }`;
}

const ask = ({ prometheus }: Gated) =>
  `ask() { curl -sfG --max-time 5 --data-urlencode "query=$1" ${shellQuoted(`${urlOf({ url: prometheus.address })}/api/v1/query`)}; }`;
const urlOf = ({ url }: Pick<ReleaseSettings["loadTester"], "url">) => url.replace(/\/$/, "");
const wholeIntervals = (hold: number, interval: number) => Math.ceil(hold / interval) * interval;

function mayReadCanary(settings: ReleaseSettings): readonly Described[] {
  const { application, loadTester } = settings;
  const apiGroup = "rbac.authorization.k8s.io";
  const named = { apiVersion: `${apiGroup}/v1`, metadata: metadata(settings, `${application}-gate`), spec: undefined };
  const role: AccessObject = {
    ...named,
    kind: "Role",
    rules: [{ apiGroups: ["flagger.app"], resources: ["canaries"], resourceNames: [application], verbs: ["get"] }],
  };
  const binding: AccessObject = {
    ...named,
    kind: "RoleBinding",
    roleRef: { apiGroup, kind: "Role", name: named.metadata.name },
    subjects: [{ kind: "ServiceAccount", name: loadTester.serviceAccount, namespace: loadTester.namespace }],
  };
  return [
    { role: "gate-role", object: role },
    { role: "gate-role-binding", object: binding },
  ];
}

function noticesOf(settings: ReleaseSettings): readonly string[] {
  const { application, namespace, steps, judgement, loadTester, prometheus } = settings;
  const { interval } = judgement;
  const { url, serviceAccount, namespace: where } = loadTester;
  const [asks, own] = [asksPrometheus(settings), hasOwnHolds(settings)];
  const what = [
    own && "holds other than the interval",
    firstWarning(settings) !== undefined && "warnings",
    holdsWithoutData(judgement) && "no data that holds",
  ]
    .filter(Boolean)
    .join(" and ");
  const rounded = steps.some(({ hold }) => typeof hold === "number" && hold % interval !== 0);
  const manual = steps.some(({ hold }) => hold === "until promoted");
  const notices = [
    `${what} need Flagger's load tester at ${url}, which may read the Canary as ServiceAccount ${serviceAccount} in ${where}; where it does not answer, ${asks ? "the check fails" : "no weight rises"}`,
    "any pod that reaches the load tester can open its gates; docs/load-tester-policy.yaml lets Flagger alone reach it",
    asks &&
      `the load tester asks Prometheus at ${prometheus.address}, and must reach it; a step that it holds goes on at the first look without a warning and with data, or when a person opens the gate`,
    asks &&
      steps[0]?.mirror !== undefined &&
      "no gate holds the step that mirrors: warnings and no data hold from the first weight on",
    own &&
      `a hold ${rounded ? `is rounded up to whole intervals of ${interval}s, and ` : ""}begins anew after a failed check`,
    (manual || asks) &&
      `where ${manual ? "the plan waits for a person" : "a step is held"}, one step is promoted from inside the cluster by: ${openGate({ application, namespace: String(namespace), url })}`,
  ];
  return notices.filter((notice) => typeof notice === "string").map((notice) => `controller flagger: ${notice}`);
}

/** What a person says to let one step go on. */
export function openGate({
  application,
  namespace,
  url,
}: {
  readonly application: string;
  readonly namespace: string;
  readonly url: string;
}): string {
  return `curl -d ${shellQuoted(JSON.stringify({ name: application, namespace }))} ${shellWord(`${urlOf({ url })}/gate/open`)}`;
}
