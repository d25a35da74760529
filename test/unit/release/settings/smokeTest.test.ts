import { itRefuses } from "../../../support/releases";

describe("the smoke test", () => {
  const [webhook, image] = ["http://tests.example.com/", "registry.example.com/tests:1"];
  itRefuses([
    [
      "a word that a controller would expand",
      { smokeTest: { image: "r/test:1", command: ["sh", "{{args.x}}"] } },
      'smokeTest.command[1] = "{{args.x}}": Argo Rollouts would expand {{ in it; accepted: a word without {{',
    ],
    [
      "two tests",
      { smokeTest: { webhook, image } },
      `smokeTest = {"webhook":"${webhook}","image":"${image}"}: a webhook or a Job does the test; accepted: webhook or image, one of them`,
    ],
    [
      "a command without its Job",
      { smokeTest: { command: ["test"] } },
      'smokeTest.command = ["test"]: it is the command of the Job\'s image; accepted: with smokeTest.image',
    ],
    [
      "a webhook that is no URL",
      { smokeTest: { webhook: "tests.example.com" } },
      'smokeTest.webhook = "tests.example.com": what is asked to test a version',
    ],
  ]);
});
