import assert from "node:assert/strict";
import { failing } from "../../../components/measureNow";
import {
  noDataCases,
  noDataMeanings,
  withoutData,
  type NoDataCase,
  type NoDataMeaning,
  type NoDataOutcome,
} from "../../../manifests/withoutData";
import type { AnalysisTemplateSpec } from "../../../manifests/types/argoRollouts";
import { parseCondition } from "../../../policies/languages/condition";
import { outcome } from "../../../policies/kinds/rollout/conditions";
import type { Metric } from "../../../release/metrics/metrics";
import { controllerNames, type ControllerName, type ReleaseArgs } from "../../../release/settings";
import { look, startLoadTester, type LoadTester } from "../../support/loadTester";
import { startPrometheus, type FakePrometheus, type QueryAnswer } from "../../support/prometheus";
import { releaseWith } from "../../support/releases";

/** What the queries answer in a case; nothing where Prometheus does not answer. */
const answers: Readonly<Record<NoDataCase, ((metric: Metric) => QueryAnswer) | undefined>> = {
  "an empty vector": () => "nothing",
  "NaN beside enough requests": ({ measuresData, passes }) => (measuresData ? 2 * passes.threshold : NaN),
  "too few requests": ({ measuresData, passes }) => passes.threshold / 2 - (measuresData ? 0 : passes.threshold / 4),
  "no answer at all": undefined,
};

const holds = ["first", "later"] as const;
type Hold = (typeof holds)[number];

describe("what a release does without data", function () {
  this.timeout(20_000);
  let loadTester: LoadTester;
  let prometheus: FakePrometheus;
  before(async () => {
    [loadTester, prometheus] = await Promise.all([startLoadTester(), startPrometheus()]);
  });
  after(() => Promise.all([loadTester.stop(), prometheus.stop()]));

  const released = (controller: ControllerName, meaning: NoDataMeaning) => {
    const noData = meaning === "pass" ? { pass: "nobody uses it at night" } : meaning;
    const steps = [
      { weight: 25, hold: "10m" },
      { weight: 50, hold: "10m" },
    ];
    const judgement = {
      interval: "10m",
      window: "2m",
      initialDelay: "2m",
      failuresTolerated: 0,
      noData,
    } satisfies ReleaseArgs["judgement"];
    return releaseWith({
      controller,
      router: "traefik",
      namespace: "demo",
      steps,
      judgement: { ...judgement, interval: controller === "flagger" ? "10m" : "1m" },
      loadTester: { url: loadTester.url },
      prometheus: { address: prometheus.url },
    });
  };

  /** What the generated objects make of it, as their controller reads them. */
  const done: Readonly<
    Record<ControllerName, (meaning: NoDataMeaning, measured: NoDataCase, hold: Hold) => Promise<NoDataOutcome>>
  > = {
    pulumi: async (meaning) => {
      const { metrics, settings } = released("pulumi", meaning);
      const found = await failing(metrics, settings).catch(() => ["no answer"]);
      return found.length > 0 ? "refuses to go on" : "goes on";
    },
    "argo-rollouts": async (meaning, measured, hold) => {
      const { objects, metrics } = released("argo-rollouts", meaning);
      const template = objects.find(({ role }) => role === "analysis")?.object.spec as AnalysisTemplateSpec;
      const outcomes = metrics
        .filter(({ during }) => during === undefined || (during === "the first hold") === (hold === "first"))
        .map((metric) => {
          const { successCondition, failureCondition, consecutiveErrorLimit } =
            template.metrics.find(({ name }) => name === metric.name) ?? assert.fail(metric.name);
          const value = answers[measured]?.(metric);
          // So many errors in a row end the analysis, and each one after another does not begin anew.
          if (value === undefined) return consecutiveErrorLimit === 4 ? "failure" : "error";
          const conditions = {
            ...(successCondition && { success: parseCondition(successCondition) }),
            ...(failureCondition && { failure: parseCondition(failureCondition) }),
          };
          return outcome(conditions, value === "nothing" ? [] : [value]);
        });
      if (outcomes.includes("failure")) return "rolls back";
      return outcomes.every((each) => each === "success") ? "goes on" : "holds";
    },
    flagger: async (meaning, measured, hold) => {
      const description = released("flagger", meaning);
      const { does } = await look(description, known(description.metrics, measured), loadTester, {
        weight: hold === "first" ? 25 : 50,
        seconds: 600,
      });
      return does;
    },
  };

  function known(
    metrics: readonly Metric[],
    measured: NoDataCase,
  ): ReadonlyMap<string, QueryAnswer> | "nothing at all" {
    const answer = answers[measured];
    return answer
      ? new Map(metrics.map((metric) => [metric.query.replaceAll("{{ namespace }}", "demo"), answer(metric)]))
      : "nothing at all";
  }

  for (const controller of controllerNames) {
    for (const meaning of noDataMeanings) {
      for (const measured of noDataCases) {
        const expected = withoutData(controller, meaning, measured);
        it(`${controller}, ${meaning}, ${measured}: ${expected.first}, later ${expected.later}`, async () => {
          prometheus.knows(known(released(controller, meaning).metrics, measured));
          for (const hold of holds)
            assert.equal(await done[controller](meaning, measured, hold), expected[hold], `${hold} hold`);
        });
      }
    }
  }

  const good = (metrics: readonly Metric[]) =>
    new Map(
      metrics.map(({ query, measuresData, passes }) => [
        query.replaceAll("{{ namespace }}", "demo"),
        measuresData ? 2 * passes.threshold : passes.threshold / 2,
      ]),
    );

  for (const meaning of noDataMeanings) {
    it(`flagger, ${meaning}: goes on while there is enough that is good, and rolls back where the load tester alone does not reach Prometheus`, async () => {
      const description = released("flagger", meaning);
      const looked = async () => ({
        ...(await look(description, good(description.metrics), loadTester, { weight: 50, seconds: 600 })),
      });
      prometheus.knows(good(description.metrics));
      assert.deepEqual(await looked(), { does: "goes on" });
      prometheus.knows("nothing at all");
      assert.deepEqual(
        await looked(),
        meaning.startsWith("hold") ? { does: "rolls back", by: "prometheus" } : { does: "goes on" },
      );
    });
  }
});
