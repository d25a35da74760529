import { notKnown } from "../../../../../policies/objects/input";
import { deployment, object, podTemplate, rollout } from "../../objects";
import { judgeTable, type Case } from "../../table";
import { container, pod } from "./objects";

const context = (securityContext: object) => container({ securityContext });
const podContext = (securityContext: object) => pod({ securityContext });
const probe = (change: object) => ({ httpGet: { port: 80, ...change } });
const annotated = (value: string) =>
  deployment({
    template: {
      ...podTemplate(),
      metadata: { annotations: { "container.apparmor.security.beta.kubernetes.io/web": value } },
    },
  });

/** Each control of Baseline: what it does not accept, and the nearest that it does. */
const controls: readonly (readonly [string, Case[1][0], Case[1][0], RegExp])[] = [
  [
    "the node's network",
    pod({ hostNetwork: true }),
    pod({ hostNetwork: false }),
    /hostNetwork.*has the node's network/,
  ],
  ["the node's processes", pod({ hostPID: true }), pod({ hostPID: false }), /sees the node's processes/],
  ["the node's memory", pod({ hostIPC: true }), pod({ hostIPC: false }), /shares the node's memory/],
  [
    "a privileged container",
    context({ privileged: true }),
    context({ privileged: false }),
    /securityContext\.privileged.*the container web is privileged/,
  ],
  [
    "a process of the Windows node",
    context({ windowsOptions: { hostProcess: true } }),
    context({ windowsOptions: { hostProcess: false } }),
    /is a process of the Windows node/,
  ],
  [
    "a pod of processes of the Windows node",
    podContext({ windowsOptions: { hostProcess: true } }),
    podContext({ windowsOptions: {} }),
    /is a process of the Windows node/,
  ],
  [
    "a capability",
    context({ capabilities: { add: ["CHOWN", "SYS_ADMIN"] } }),
    context({ capabilities: { add: ["CHOWN", "NET_BIND_SERVICE"] } }),
    /add\[1\]: is SYS_ADMIN; accepted: AUDIT_WRITE/,
  ],
  [
    "a folder of the node",
    pod({ volumes: [{ name: "a", hostPath: { path: "/" } }] }),
    pod({ volumes: [{ name: "a", emptyDir: {} }] }),
    /is a folder of the node/,
  ],
  [
    "a port of the node",
    container({ ports: [{ containerPort: 80, hostPort: 80 }] }),
    container({ ports: [{ containerPort: 80, hostPort: 0 }] }),
    /is a port of the node/,
  ],
  ...["livenessProbe", "readinessProbe", "startupProbe"].map(
    (name) =>
      [
        `a host of a ${name}`,
        container({ [name]: probe({ host: "10.0.0.1" }) }),
        container({ [name]: probe({ host: "" }) }),
        /httpGet\.host: is an address/,
      ] as const,
  ),
  ...["postStart", "preStop"].map(
    (name) =>
      [
        `a host of ${name}`,
        container({ lifecycle: { [name]: { tcpSocket: { port: 80, host: "10.0.0.1" } } } }),
        container({ lifecycle: { [name]: { tcpSocket: { port: 80 } } } }),
        /tcpSocket\.host: is an address/,
      ] as const,
  ),
  [
    "AppArmor off by an annotation",
    annotated("unconfined"),
    annotated("localhost/web"),
    /is unconfined; accepted: runtime/,
  ],
  [
    "AppArmor off",
    context({ appArmorProfile: { type: "Unconfined" } }),
    context({ appArmorProfile: { type: "Localhost", localhostProfile: "web" } }),
    /is Unconfined; accepted: RuntimeDefault, Localhost/,
  ],
  [
    "AppArmor off for the pod",
    podContext({ appArmorProfile: { type: "Unconfined" } }),
    podContext({ appArmorProfile: { type: "RuntimeDefault" } }),
    /is Unconfined/,
  ],
  [
    "a type of SELinux",
    context({ seLinuxOptions: { type: "spc_t" } }),
    context({ seLinuxOptions: { type: "container_engine_t", level: "s0:c1,c2" } }),
    /is spc_t; accepted: container_t/,
  ],
  [
    "a user of SELinux",
    podContext({ seLinuxOptions: { user: "system_u" } }),
    podContext({ seLinuxOptions: { user: "" } }),
    /is system_u; accepted: nothing/,
  ],
  [
    "a role of SELinux",
    podContext({ seLinuxOptions: { role: "system_r" } }),
    podContext({ seLinuxOptions: {} }),
    /is system_r; accepted: nothing/,
  ],
  [
    "all of /proc",
    context({ procMount: "Unmasked" }),
    context({ procMount: "Default" }),
    /is Unmasked; accepted: Default/,
  ],
  [
    "all of /proc without a user namespace",
    pod({ hostUsers: true, initContainers: [{ name: "a", securityContext: { procMount: "Unmasked" } }] }),
    pod({ hostUsers: false, initContainers: [{ name: "a", securityContext: { procMount: "Unmasked" } }] }),
    /is Unmasked/,
  ],
  [
    "seccomp off",
    context({ seccompProfile: { type: "Unconfined" } }),
    context({ seccompProfile: { type: "RuntimeDefault" } }),
    /is Unconfined; accepted: RuntimeDefault/,
  ],
  [
    "seccomp off for the pod",
    podContext({ seccompProfile: { type: "Unconfined" } }),
    podContext({ seccompProfile: { type: "Localhost" } }),
    /is Unconfined/,
  ],
  [
    "a setting of the node's kernel",
    podContext({ sysctls: [{ name: "kernel.msgmax", value: "1" }] }),
    podContext({ sysctls: [{ name: "net.ipv4.tcp_rmem", value: "1" }] }),
    /is kernel\.msgmax; accepted: kernel\.shm_rmid_forced/,
  ],
  ...["initContainers", "ephemeralContainers"].map(
    (list) =>
      [
        `a privileged one of ${list}`,
        pod({ [list]: [{ name: "sysctl", securityContext: { privileged: true } }] }),
        pod({ [list]: [{ name: "sysctl", securityContext: {} }] }),
        /the container sysctl is privileged/,
      ] as const,
  ),
];

const fine = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
  capabilities: { drop: ["ALL"] },
};
const namespace = (level: string) =>
  ({
    object: {
      ...object("v1", "Namespace", {}).object,
      metadata: { name: "shop", labels: { "pod-security.kubernetes.io/enforce": level } },
    },
  }) as const;
const inShop = (each: Case[1][0]) =>
  ({ object: { ...each.object, metadata: { name: "web", namespace: "shop" } } }) as const;
const restricted = (each: Case[1][0], level = "restricted") => [inShop(each), namespace(level)];
/** Each control of Restricted: what it does not accept, and the nearest that it does. */
const ofRestricted: readonly (readonly [string, Case[1][0], Case[1][0], RegExp])[] = [
  ["rights that grow", context({ ...fine, allowPrivilegeEscalation: undefined }), context(fine), /may get more rights/],
  ["root", context({ ...fine, runAsNonRoot: false }), context(fine), /may run as root; accepted: true/],
  ["the user 0", context({ ...fine, runAsUser: 0 }), context({ ...fine, runAsUser: 1000 }), /is root/],
  [
    "no profile of seccomp",
    context({ ...fine, seccompProfile: undefined }),
    context({ ...fine, seccompProfile: { type: "Localhost" } }),
    /has none; accepted: RuntimeDefault/,
  ],
  [
    "capabilities that are kept",
    context({ ...fine, capabilities: {} }),
    context(fine),
    /keeps some; accepted: \[ALL\]/,
  ],
  [
    "a default capability",
    context({ ...fine, capabilities: { drop: ["ALL"], add: ["CHOWN"] } }),
    context({ ...fine, capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } }),
    /is CHOWN; accepted: NET_BIND_SERVICE/,
  ],
  [
    "a volume of the network",
    deployment({ template: podTemplate({ securityContext: fine }, { volumes: [{ name: "a", nfs: { path: "/" } }] }) }),
    deployment({
      template: podTemplate({ securityContext: fine }, { volumes: [{ name: "a", csi: { driver: "a" } }] }),
    }),
    /nfs: accepted: configMap, csi/,
  ],
];

judgeTable("privileged-pods", [
  ["a pod without privileges", [deployment()], "passes"],
  ...controls.flatMap(([title, unsafe, safe, message]): Case[] => [
    [title, [unsafe], "violation", message],
    [`the nearest to ${title}`, [safe], "passes"],
  ]),
  ...ofRestricted.flatMap(([title, unsafe, safe, message]): Case[] => [
    [`${title}, restricted`, restricted(unsafe), "violation", message],
    [`the nearest to ${title}, restricted`, restricted(safe), "passes"],
    [`${title} in a namespace of Baseline`, restricted(unsafe, "baseline"), "passes"],
    [`${title} in a namespace that is not seen`, [inShop(unsafe)], "passes"],
  ]),
  [
    "what a Windows pod has not, restricted",
    restricted(pod({ os: { name: "windows" }, securityContext: { runAsNonRoot: true } })),
    "passes",
  ],
  [
    "a Rollout's pod with the node's processes",
    [rollout({}, { template: podTemplate({}, { hostPID: true }) })],
    "violation",
  ],
  ["a security context that is not known yet", [container({ securityContext: notKnown })], "not judged"],
  [
    "a pod of which a part cannot be read",
    [pod({ hostPID: true, volumes: "none" })],
    "violation",
    /sees the node's processes/,
  ],
]);
