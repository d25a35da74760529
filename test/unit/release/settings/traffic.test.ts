import { itRefuses } from "../../../support/releases";

describe("the traffic", () => {
  itRefuses([
    [
      "no requests",
      { traffic: { requestRate: "0/s" } },
      'traffic.requestRate = "0/s": the rate of all requests at their peak; accepted: "0.01/h" to "1000000000/s"',
    ],
    ...["0.001/h", "1000000001/s", "99999999999999999999/s"].map(
      (requestRate) =>
        [
          `${requestRate}, which programs would write with an exponent`,
          { traffic: { requestRate } },
          `traffic.requestRate = "${requestRate}": `,
        ] as const,
    ),
    [
      "an objective that no release can miss",
      { traffic: { objective: "10%" } },
      'traffic.objective = "10%": the share of requests that are to succeed in a month; accepted: "50%" to "99.9999%"',
    ],
    [
      "a healthy version that fails most requests",
      { traffic: { errorRate: "51%" } },
      'traffic.errorRate = "51%": the share of requests that a healthy version fails',
    ],
  ]);
});
