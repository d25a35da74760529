import { itRefuses } from "../../../support/releases";

describe("the controller", () => {
  itRefuses([
    [
      "another controller",
      { controller: "spinnaker" },
      'controller = "spinnaker": the controller; accepted: pulumi, argo-rollouts',
    ],
    [
      "a load tester that is no URL",
      { loadTester: { url: "flagger-loadtester" } },
      'loadTester.url = "flagger-loadtester": where the load tester answers; accepted: "http://host:port"',
    ],
    [
      "a namespace of the load tester that Kubernetes refuses",
      { loadTester: { namespace: "Flagger" } },
      "loadTester.namespace = \"Flagger\": the load tester's namespace; accepted: lower case letters, digits and '-', at most 63",
    ],
    [
      "a step that is none",
      { step: -1 },
      "step = -1: the step that the canary is at is a whole number; accepted: 0 to 100",
    ],
  ]);
});
