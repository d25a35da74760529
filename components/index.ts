export { CanaryRelease } from "./canaryRelease";
export { Judgement, Routing, Workload } from "./parts";
export { Verdict } from "./verdict";
