import "./nodeVersion";

export { describeRelease, type DescribedRelease } from "../manifests/describe";
export type { ReleaseArgs } from "../release/settings";
export { RefusedRelease } from "../release/settings/refusal";
export { AwaitVerdict } from "./awaitVerdict";
export { CanaryRelease } from "./canaryRelease";
export { FirstDeployTest } from "./firstDeployTest";
export { IngressNginx, type IngressNginxArgs } from "./ingressNginx";
export { Judgement, Routing, Workload } from "./parts";
