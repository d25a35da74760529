import { deployment, object, podTemplate, rollout } from "../../objects";

export const container = (change: object) => deployment({ template: podTemplate({ ...change }) });
export const pod = (change: object) => deployment({ template: podTemplate({}, { ...change }) });
export const autoscaler = (spec: object, kind = "Deployment") =>
  object("autoscaling/v2", "HorizontalPodAutoscaler", {
    scaleTargetRef: { apiVersion: "apps/v1", kind, name: "web" },
    ...spec,
  });
export const ofDeployment = rollout(
  {},
  { template: undefined, workloadRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" } },
);
