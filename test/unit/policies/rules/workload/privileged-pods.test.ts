import { notKnown } from "../../../../../policies/objects/input";
import { deployment, podTemplate, rollout } from "../../objects";
import { judgeTable } from "../../table";
import { container, pod } from "./objects";

judgeTable("privileged-pods", [
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
]);
