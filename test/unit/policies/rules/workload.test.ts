import { notKnown } from "../../../../policies/objects/field";
import { budget, canary, deployment, object, podTemplate, rollout } from "../objects";
import { judgeTables, type Case } from "../table";

const container = (change: object) => deployment({ template: podTemplate({ ...change }) });
const pod = (change: object) => deployment({ template: podTemplate({}, { ...change }) });
const autoscaler = (spec: object, kind = "Deployment") =>
  object("autoscaling/v2", "HorizontalPodAutoscaler", {
    scaleTargetRef: { apiVersion: "apps/v1", kind, name: "web" },
    ...spec,
  });
const ofDeployment = rollout(
  {},
  { template: undefined, workloadRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" } },
);
const request = (requests: object, limits: object) => container({ resources: { requests, limits } });
const primary = { matchExpressions: [{ key: "app", operator: "In", values: ["web", "web-primary"] }] };

const cases: Record<string, readonly Case[]> = {
  probes: [
    [
      "a Canary's Deployment without a probe",
      [canary(), container({ livenessProbe: undefined })],
      "violation",
      /Deployment web/,
    ],
    ["a Canary's Deployment with both", [canary(), deployment()], "passes"],
    [
      "a Canary's Deployment that is elsewhere",
      [canary()],
      "not judged",
      /targetRef\.name.*Deployment web, which is not among/,
    ],
    [
      "a Canary of a Service",
      [canary({}, { targetRef: { kind: "Service", name: "web" } })],
      "not judged",
      /is a Service/,
    ],
    [
      "a container that is not known yet",
      [deployment({ template: { spec: { containers: [notKnown] } } })],
      "not judged",
    ],
    [
      "a DaemonSet without a probe",
      [object("apps/v1", "DaemonSet", { template: podTemplate({ readinessProbe: undefined }) })],
      "violation",
    ],
  ],
  resources: [
    ["requests and a memory limit", [deployment()], "passes"],
    [
      "no CPU request",
      [request({ memory: "1Gi" }, { memory: "1Gi" })],
      "violation",
      /resources\.requests\.cpu.*accepted: one, such as 100m/,
    ],
    ["limits, which are requests too", [request({}, { cpu: "1", memory: "1Gi" })], "passes"],
    ["no memory limit", [request({ cpu: "1", memory: "1Gi" }, {})], "violation", /resources\.limits\.memory/],
    ["nothing", [container({ resources: undefined })], "violation"],
    [
      "a Rollout without a memory limit",
      [rollout({}, { template: podTemplate({ resources: { requests: { cpu: 1, memory: 1 } } }) })],
      "violation",
    ],
    ["resources that are not known yet", [container({ resources: notKnown })], "not judged"],
    ["a Deployment that is elsewhere", [ofDeployment], "not judged"],
  ],
  "pinned-image": [
    ["the tag of a build", [container({ image: "web:1.4.0" })], "passes"],
    [
      "the tag latest",
      [container({ image: "registry.example.com:5000/web:latest" })],
      "violation",
      /image.*the container web runs .*web:latest, a tag that moves/,
    ],
    [
      "no tag, after a port",
      [container({ image: "registry.example.com:5000/web" })],
      "violation",
      /has no tag and so is the latest/,
    ],
    ["a digest", [container({ image: "web@sha256:abc" })], "passes"],
    ["a digest of the latest", [container({ image: "web:latest@sha256:abc" })], "passes"],
    [
      "a container that runs before the others",
      [pod({ initContainers: [{ name: "migrate", image: "migrate" }] })],
      "violation",
      /the container migrate/,
    ],
    ["an image that is not known yet", [container({ image: notKnown })], "not judged"],
  ],
  replicas: [
    [
      "one pod",
      [deployment({ replicas: 1 })],
      "violation",
      /spec\.replicas.*it has 1 pod at least; accepted: 2 or more/,
    ],
    ["two pods", [deployment()], "passes"],
    ["as many as Kubernetes gives", [deployment({ replicas: undefined })], "violation", /1 pod/],
    ["the canary's one pod", [deployment({ replicas: 1 }, "web-canary")], "passes"],
    ["a Rollout with one pod", [rollout({}, { replicas: 1 })], "violation"],
    [
      "one pod that an autoscaler raises to two",
      [deployment({ replicas: 1 }), autoscaler({ minReplicas: 2 })],
      "passes",
    ],
    [
      "two pods that an autoscaler may lower to one",
      [deployment(), autoscaler({})],
      "violation",
      /HorizontalPodAutoscaler web spec\.minReplicas/,
    ],
    ["an autoscaler of another kind of the same name", [deployment(), autoscaler({}, "StatefulSet")], "passes"],
    ["a Deployment that a Rollout scales to 0", [ofDeployment, deployment({ replicas: 0 })], "passes"],
    ["a number that is not known yet", [deployment({ replicas: notKnown })], "not judged"],
  ],
  "disruption-budget": [
    ["a budget that selects the pods", [deployment(), budget()], "passes"],
    ["no budget", [deployment()], "violation", /no PodDisruptionBudget selects its pods \(app=web\)/],
    ["a budget of other pods", [deployment(), budget({}, { matchLabels: { app: "other" } })], "violation"],
    [
      "a budget with an expression",
      [deployment(), budget({}, { matchExpressions: [{ key: "app", operator: "Exists" }] })],
      "passes",
    ],
    ["a budget of all pods", [deployment(), budget({}, {})], "passes"],
    ["the canary's pods, which may all go", [deployment({}, "web-canary")], "passes"],
    ["a Canary's stable pods without one", [canary(), deployment(), budget()], "violation", /app=web-primary/],
    ["a Canary's pods of both versions", [canary(), deployment(), budget({}, primary)], "passes"],
    ["a Rollout without one", [rollout()], "violation"],
    ["a Deployment of a Rollout", [ofDeployment, deployment(), budget()], "passes"],
    ["a workload of which nothing is known yet", [object("apps/v1", "Deployment", notKnown), budget()], "not judged"],
    ["a budget whose selector is not known yet", [deployment(), budget({ selector: notKnown })], "not judged"],
    [
      "an expression that is not known here",
      [deployment(), budget({}, { matchExpressions: [{ key: "app", operator: "Like" }] })],
      "not judged",
    ],
  ],
  drainable: [
    ["one pod unavailable", [budget()], "passes"],
    ["no pod unavailable", [budget({ maxUnavailable: 0 })], "violation", /maxUnavailable: no pod may be unavailable/],
    ["no share unavailable", [budget({ maxUnavailable: "0%" })], "violation"],
    ["a share that is rounded up", [budget({ maxUnavailable: "1%" })], "passes"],
    ["all pods available", [budget({ minAvailable: "100%" })], "violation", /all pods must be available/],
    [
      "two of two pods available",
      [budget({ minAvailable: 2 }), deployment()],
      "violation",
      /2 of 2 pods must be available/,
    ],
    ["two of three pods available", [budget({ minAvailable: 2 }), deployment({ replicas: 3 })], "passes"],
    ["a share of two that is both", [budget({ minAvailable: "51%" }), rollout()], "violation", /2 of 2/],
    ["half of two", [budget({ minAvailable: "50%" }), rollout()], "passes"],
    ["pods of two versions", [budget({ minAvailable: 3 }), deployment(), deployment({}, "web-canary")], "passes"],
    [
      "pods that an autoscaler may lower to two",
      [budget({ minAvailable: 2 }), deployment({ replicas: 3 }), autoscaler({ minReplicas: 2 })],
      "violation",
    ],
    [
      "pods of a Deployment that a Rollout scales",
      [budget({ minAvailable: 1 }), ofDeployment, deployment({ replicas: 0 })],
      "passes",
    ],
    ["pods that are elsewhere", [budget({ minAvailable: 2 })], "not judged", /selects no workload among the objects/],
    ["a share that is none", [budget({ maxUnavailable: "some" })], "not judged"],
    ["a number that is not known yet", [budget({ maxUnavailable: notKnown })], "not judged"],
  ],
  "graceful-shutdown": [
    ["Kubernetes' own 30 seconds", [deployment()], "passes"],
    [
      "no time",
      [pod({ terminationGracePeriodSeconds: 0 })],
      "violation",
      /terminationGracePeriodSeconds.*killed at once/,
    ],
    [
      "a sleep as long as the time",
      [deployment({ template: podTemplate({ lifecycle: { preStop: { sleep: { seconds: 30 } } } }) })],
      "violation",
      /sleeps for 30 s of the 30 s/,
    ],
    [
      "a shorter sleep",
      [deployment({ template: podTemplate({ lifecycle: { preStop: { sleep: { seconds: 29 } } } }) })],
      "passes",
    ],
    [
      "a command that sleeps longer",
      [
        deployment({
          template: podTemplate({ lifecycle: { preStop: { exec: { command: ["sh", "-c", "drain; sleep 60"] } } } }),
        }),
      ],
      "violation",
      /sleeps for 60 s/,
    ],
    [
      "a command that does something else",
      [
        deployment({
          template: podTemplate({ lifecycle: { preStop: { exec: { command: ["drain", "--oversleep", "60"] } } } }),
        }),
      ],
      "passes",
    ],
    [
      "a longer sleep in a longer time",
      [
        deployment({
          template: podTemplate(
            { lifecycle: { preStop: { sleep: { seconds: 30 } } } },
            { terminationGracePeriodSeconds: 31 },
          ),
        }),
      ],
      "passes",
    ],
    ["a time that is not known yet", [pod({ terminationGracePeriodSeconds: notKnown })], "not judged"],
  ],
  "privileged-pods": [
    ["a pod without privileges", [deployment()], "passes"],
    [
      "a privileged container",
      [container({ securityContext: { privileged: true } })],
      "violation",
      /securityContext\.privileged.*the container web is privileged/,
    ],
    ["a container that is said not to be", [container({ securityContext: { privileged: false } })], "passes"],
    [
      "a privileged container that runs before the others",
      [pod({ initContainers: [{ name: "sysctl", securityContext: { privileged: true } }] })],
      "violation",
      /the container sysctl/,
    ],
    ["the node's network", [pod({ hostNetwork: true })], "violation", /hostNetwork.*has the node's network/],
    ["the node's processes", [rollout({}, { template: podTemplate({}, { hostPID: true }) })], "violation"],
    ["a security context that is not known yet", [container({ securityContext: notKnown })], "not judged"],
  ],
};

judgeTables(cases);
