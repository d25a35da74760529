export { CanaryRelease } from "./canaryRelease";
export { FirstDeployTest } from "./firstDeployTest";
export { IngressNginx, type IngressNginxArgs } from "./ingressNginx";
export { Judgement, Routing, Workload } from "./parts";
export { AwaitVerdict } from "./awaitVerdict";
