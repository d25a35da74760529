import { notKnown } from "../../../../../policies/objects/input";
import { canary, deployment, object, podTemplate, rollout } from "../../objects";
import { judgeTable } from "../../table";
import { container } from "./objects";

judgeTable("probes", [
  [
    "no readiness probe",
    [container({ readinessProbe: undefined })],
    "violation",
    /containers\[0\]\.readinessProbe.*the container web has no readinessProbe/,
  ],
  ["no liveness probe", [container({ livenessProbe: undefined })], "violation", /no livenessProbe/],
  ["both probes", [container({})], "passes"],
  ["a Rollout without a probe", [rollout({}, { template: podTemplate({ readinessProbe: undefined }) })], "violation"],
  ["a Rollout with both probes", [rollout()], "passes"],
  [
    "a Rollout of a Deployment without a probe",
    [
      rollout({}, { template: undefined, workloadRef: { kind: "Deployment", name: "web" } }),
      container({ livenessProbe: undefined }),
    ],
    "violation",
  ],
  [
    "a Rollout of a Deployment that is elsewhere",
    [rollout({}, { template: undefined, workloadRef: { kind: "Deployment", name: "web" } })],
    "not judged",
    /the Deployment web/,
  ],
  ["containers that are not known yet", [rollout({}, { template: { spec: { containers: notKnown } } })], "not judged"],
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
  ["a container that is not known yet", [deployment({ template: { spec: { containers: [notKnown] } } })], "not judged"],
  [
    "a DaemonSet without a probe",
    [object("apps/v1", "DaemonSet", { template: podTemplate({ readinessProbe: undefined }) })],
    "violation",
  ],
]);
