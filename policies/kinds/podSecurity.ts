import { ifReadable, type Fault, type Field } from "../objects/field";
import type { ObjectSet } from "../objects/objectSet";
import { containerName } from "./workloads";

/*
 * Kubernetes' Pod Security Standards, as pod-security-admission 0.36 holds pods to them: each control with all fields
 * that it restricts.
 */

/** What a control does not accept; `mended` is a value of the field that it does. */
export type Breach = Fault & { readonly mended?: unknown };

/** A pod as its controls see it. */
export interface Pod {
  /** The metadata of its template. */
  readonly metadata: Field;
  readonly spec: Field;
  /** Also those that run before the others, and those that are added to a pod that runs. */
  readonly containers: readonly Field[];
}

/** May throw `NotReadable`: what is left of the control is then not known. */
export type Control = (pod: Pod) => Iterable<Breach>;

const contextsOf = ({ spec, containers }: Pod) => [spec, ...containers].map((each) => each.at("securityContext"));

/** The values that are not among those that a control accepts; a field that is absent or empty is accepted. */
function* others(fields: readonly Field[], accepted: readonly string[]): Iterable<Breach> {
  for (const field of fields) {
    const text = field.text() ?? "";
    if (text !== "" && !accepted.includes(text))
      yield { at: field, reason: `is ${text}; accepted: ${[...accepted, "nothing"].join(", ")}` };
  }
}

/** Throws `NotReadable` for what is not known yet. */
function isThere(map: Field): boolean {
  map.keys();
  return map.exists;
}

const ofTheNode = {
  hostNetwork: "has the node's network",
  hostPID: "sees the node's processes",
  hostIPC: "shares the node's memory between processes",
};

function* hostNamespaces({ spec }: Pod): Iterable<Breach> {
  for (const [key, harm] of Object.entries(ofTheNode))
    if (spec.at(key).isTrue) yield { at: spec.at(key), reason: `the pod ${harm}; accepted: false`, mended: false };
}

function* privilegedContainers({ containers }: Pod): Iterable<Breach> {
  for (const container of containers) {
    const at = container.at("securityContext", "privileged");
    if (at.isTrue) yield { at, reason: `${containerName(container)} is privileged; accepted: false`, mended: false };
  }
}

function* hostProcesses(pod: Pod): Iterable<Breach> {
  for (const context of contextsOf(pod)) {
    const at = context.at("windowsOptions", "hostProcess");
    if (at.isTrue) yield { at, reason: "is a process of the Windows node; accepted: false", mended: false };
  }
}

const defaultCapabilities = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];
const addedTo = (container: Field) => container.at("securityContext", "capabilities", "add").list();
const capabilities = ({ containers }: Pod) => others(containers.flatMap(addedTo), defaultCapabilities);

function* hostPaths({ spec }: Pod): Iterable<Breach> {
  for (const volume of spec.at("volumes").list()) {
    const at = volume.at("hostPath");
    if (isThere(at)) yield { at, reason: "is a folder of the node; accepted: a volume of another type" };
  }
}

function* hostPorts({ containers }: Pod): Iterable<Breach> {
  for (const port of containers.flatMap((container) => container.at("ports").list())) {
    const at = port.at("hostPort");
    if ((at.number() ?? 0) !== 0) yield { at, reason: `is a port of the node; accepted: none`, mended: 0 };
  }
}

const handlers = [
  ["livenessProbe"],
  ["readinessProbe"],
  ["startupProbe"],
  ["lifecycle", "postStart"],
  ["lifecycle", "preStop"],
];

function* hostsOfProbes({ containers }: Pod): Iterable<Breach> {
  for (const container of containers) {
    for (const handler of handlers.map((keys) => container.at(...keys))) {
      for (const at of [handler.at("httpGet", "host"), handler.at("tcpSocket", "host")])
        if ((at.text() ?? "") !== "")
          yield { at, reason: "is an address that the node asks in place of the pod's; accepted: none" };
    }
  }
}

const appArmorPrefix = "container.apparmor.security.beta.kubernetes.io/";

function* appArmor(pod: Pod): Iterable<Breach> {
  const annotations = pod.metadata.at("annotations");
  for (const key of annotations.keys().filter((key) => key.startsWith(appArmorPrefix))) {
    const [at, text] = [annotations.at(key), annotations.at(key).text() ?? ""];
    if (text !== "" && text !== "runtime/default" && !text.startsWith("localhost/"))
      yield { at, reason: `is ${text}; accepted: runtime/default, or localhost/ and a profile` };
  }
  yield* others(
    contextsOf(pod).map((context) => context.at("appArmorProfile", "type")),
    ["RuntimeDefault", "Localhost"],
  );
}

function* seLinux(pod: Pod): Iterable<Breach> {
  const options = contextsOf(pod).map((context) => context.at("seLinuxOptions"));
  const types = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
  yield* others(
    options.map((each) => each.at("type")),
    types,
  );
  yield* others(
    options.flatMap((each) => [each.at("user"), each.at("role")]),
    [],
  );
}

/** A pod in a user namespace of its own may have more. */
const hasOwnUsers = ({ spec }: Pod) => spec.at("hostUsers").exists && !spec.at("hostUsers").isTrue;

function* procMounts(pod: Pod): Iterable<Breach> {
  if (hasOwnUsers(pod)) return;
  yield* others(
    pod.containers.map((container) => container.at("securityContext", "procMount")),
    ["Default"],
  );
}

const profiles = ["RuntimeDefault", "Localhost"];
const typeOfProfile = (context: Field) => context.at("seccompProfile", "type");
const seccomp = (pod: Pod) => others(contextsOf(pod).map(typeOfProfile), profiles);

const safeSysctls = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
];
const sysctls = ({ spec }: Pod) =>
  others(
    spec
      .at("securityContext", "sysctls")
      .list()
      .map((each) => each.at("name")),
    safeSysctls,
  );

/** The profile Baseline. */
export const baseline: readonly Control[] = [
  hostNamespaces,
  privilegedContainers,
  hostProcesses,
  capabilities,
  hostPaths,
  hostPorts,
  hostsOfProbes,
  appArmor,
  seLinux,
  procMounts,
  seccomp,
  sysctls,
];

const volumeTypes = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

function* volumes({ spec }: Pod): Iterable<Breach> {
  for (const volume of spec.at("volumes").list()) {
    // What is a folder of the node is told by Baseline.
    for (const key of volume.keys().filter((key) => ![...volumeTypes, "name", "hostPath"].includes(key)))
      if (isThere(volume.at(key))) yield { at: volume.at(key), reason: `accepted: ${volumeTypes.join(", ")}` };
  }
}

const isWindows = ({ spec }: Pod) => spec.at("os", "name").text() === "windows";

function* escalation(pod: Pod): Iterable<Breach> {
  if (isWindows(pod)) return;
  for (const container of pod.containers) {
    const at = container.at("securityContext", "allowPrivilegeEscalation");
    if (!at.exists || at.isTrue)
      yield { at, reason: `${containerName(container)} may get more rights; accepted: false`, mended: false };
  }
}

function* nonRoot(pod: Pod): Iterable<Breach> {
  if (hasOwnUsers(pod)) return;
  const ofPod = pod.spec.at("securityContext", "runAsNonRoot").isTrue;
  for (const container of pod.containers) {
    const at = container.at("securityContext", "runAsNonRoot");
    if (!(at.exists ? at.isTrue : ofPod))
      yield { at, reason: `${containerName(container)} may run as root; accepted: true`, mended: true };
  }
  for (const context of contextsOf(pod)) {
    const at = context.at("runAsUser");
    if (at.number() === 0) yield { at, reason: "is root; accepted: another user, or none" };
  }
}

/** The profile itself is a control of Baseline; here one has to be given. */
function* givenProfiles(pod: Pod): Iterable<Breach> {
  if (isWindows(pod) || typeOfProfile(pod.spec.at("securityContext")).exists) return;
  for (const container of pod.containers) {
    const at = typeOfProfile(container.at("securityContext"));
    if (!at.exists) yield { at, reason: `${containerName(container)} has none; accepted: ${profiles.join(", ")}` };
  }
}

function* fewCapabilities(pod: Pod): Iterable<Breach> {
  if (isWindows(pod)) return;
  for (const container of pod.containers) {
    const drop = container.at("securityContext", "capabilities", "drop");
    if (!drop.list().some((each) => each.text() === "ALL"))
      yield { at: drop, reason: `${containerName(container)} keeps some; accepted: [ALL]`, mended: ["ALL"] };
  }
  // What is no default capability is told by Baseline.
  for (const at of pod.containers.flatMap(addedTo)) {
    const text = at.text() ?? "";
    if (defaultCapabilities.includes(text) && text !== "NET_BIND_SERVICE")
      yield { at, reason: `is ${text}; accepted: NET_BIND_SERVICE, nothing` };
  }
}

/** What the profile Restricted has beyond Baseline. */
export const restricted: readonly Control[] = [volumes, escalation, nonRoot, givenProfiles, fewCapabilities];

/** Whether the namespace of an object asks for Restricted, as far as it is among the objects. */
export function isRestricted(workload: Field, objects: ObjectSet): boolean {
  const level = () =>
    objects
      .namedInCluster("Namespace", workload.at("metadata", "namespace"))
      .at("metadata", "labels", "pod-security.kubernetes.io/enforce")
      .text();
  return ifReadable(level) === "restricted";
}
