import type { ReleaseSettings } from "../../release/release";
import type { Described } from "../description";
import type { CanaryWebhook } from "../types/flagger";
import type { AccessObject } from "../types/kubernetes";
import { metadata } from "../workload";

/** What holds a step for another time than Flagger's interval: a webhook, the right to read the Canary, and what to know of it. */
export interface Gate {
  readonly objects: readonly Described[];
  readonly webhooks: readonly CanaryWebhook[];
  readonly notices: readonly string[];
}

/** The gate of a release; an empty one where Flagger's own hold of one interval is what every step asks for. */
export function gateOf(settings: ReleaseSettings): Gate {
  const { steps, judgement, loadTester } = settings;
  if (steps.every(({ hold }) => hold === judgement.interval)) return { objects: [], webhooks: [], notices: [] };
  const metadata = { type: "bash", cmd: gateScript({ ...settings, namespace: String(settings.namespace) }) };
  return {
    objects: mayReadCanary(settings),
    // Muted, or every look at a closed gate would send an alert.
    webhooks: [{ type: "confirm-traffic-increase", name: "hold", url: `${urlOf(loadTester)}/`, muteAlert: true, metadata }],
    notices: noticesOf(settings),
  };
}

type Gated = Pick<ReleaseSettings, "application" | "steps" | "judgement" | "loadTester"> & { readonly namespace: string };

/**
 * What the load tester runs, in bash, each time before Flagger raises the weight or promotes: it ends well once the
 * Canary's weight was held for as long as its step says. Needs kubectl and, to wait for a person, curl.
 */
export function gateScript({ application, namespace, steps, judgement, loadTester }: Gated): string {
  const { interval } = judgement;
  const payload = JSON.stringify({ name: application, namespace });
  const manual = steps.some(({ hold }) => hold === "until promoted");
  const cases = steps.filter(({ weight }) => weight > 0).map(({ weight, hold }) => `  ${weight}) ${hold === "until promoted" ? "promoted" : `held ${wholeIntervals(hold, interval)}`} ;;`);
  return [
    `canary=$(kubectl get canaries.flagger.app ${application} --namespace ${namespace} --output jsonpath='{.status.canaryWeight} {.status.lastTransitionTime}') || exit 1`,
    'read -r weight since <<< "$canary"',
    "since=${since%Z}",
    'seconds=$(( $(date -u +%s) - $(date -u -d "${since/T/ }" +%s) ))',
    // Flagger looks at whole intervals, give or take a moment.
    `held() { echo "held for $seconds of $1 seconds"; [ $(( seconds + ${Math.floor(interval / 2)} )) -ge "$1" ]; }`,
    ...(manual
      ? [`gate() { curl -sf -o /dev/null -d '${payload}' ${urlOf(loadTester)}/gate/$1; }`, 'promoted() { gate check && gate close || { echo "waits for a person"; false; }; }']
      : []),
    "case $weight in",
    // A gate that was opened for an earlier release is closed again.
    `  0) ${manual ? "gate close" : "true"} ;;`,
    ...cases,
    '  *) echo "weight $weight is not in the plan"; false ;;',
    "esac",
  ].join("\n");
}

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
    roleRef: { apiGroup, kind: "Role", name: role.metadata.name },
    subjects: [{ kind: "ServiceAccount", name: loadTester.serviceAccount, namespace: loadTester.namespace }],
  };
  return [{ role: "gate-role", object: role }, { role: "gate-role-binding", object: binding }];
}

function noticesOf({ application, namespace, steps, judgement, loadTester }: ReleaseSettings): readonly string[] {
  const { interval } = judgement;
  const { url, serviceAccount, namespace: where } = loadTester;
  const rounded = steps.some(({ hold }) => typeof hold === "number" && hold % interval !== 0);
  return [
    `controller flagger: holds other than the interval need Flagger's load tester at ${url}, which may read the Canary as ServiceAccount ${serviceAccount} in ${where}; where it does not answer, no weight rises`,
    `controller flagger: a hold ${rounded ? `is rounded up to whole intervals of ${interval}s, and ` : ""}begins anew after a failed check`,
    ...(steps.some(({ hold }) => hold === "until promoted") ? [`controller flagger: where the plan waits for a person, one step is promoted from inside the cluster by: ${openGate({ application, namespace: String(namespace), url })}`] : []),
  ];
}

/** What a person says to let one step go on. */
export function openGate({ application, namespace, url }: { readonly application: string; readonly namespace: string; readonly url: string }): string {
  return `curl -d '${JSON.stringify({ name: application, namespace })}' ${urlOf({ url })}/gate/open`;
}
