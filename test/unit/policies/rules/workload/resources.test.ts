import { notKnown } from "../../../../../policies/objects/input";
import { deployment, podTemplate, rollout } from "../../objects";
import { judgeTable } from "../../table";
import { container, ofDeployment } from "./objects";

const request = (requests: object, limits: object) => container({ resources: { requests, limits } });

judgeTable("resources", [
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
]);
