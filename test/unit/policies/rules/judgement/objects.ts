import { canary } from "../../objects";

export const both = { failureCondition: "result[0] >= 0.05" };
export const metric = (change: object) =>
  canary({ metrics: [{ name: "request-success-rate", thresholdRange: { min: 99 }, ...change }] });
export const share = (labels: string) =>
  `sum(rate(failures_total{${labels}}[2m])) / sum(rate(requests_total{${labels}}[2m]))`;
