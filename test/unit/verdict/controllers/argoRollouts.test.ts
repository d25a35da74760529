import assert from "node:assert/strict";
import { findingOf, verdict, wayBack, type RolloutObjects } from "../../../../verdict/controllers/argoRollouts";
import { findingInWords } from "../../../../verdict/findings";
import type { AnalysisRun, Rollout, RolloutStatus } from "../../../../verdict/types/argoRollouts";
import {
  abortedFor,
  awaited,
  canary,
  condition,
  metric,
  pausedAt,
  replicaSet,
  rollout,
  run,
  service,
  stable,
} from "../builders";

const read = (of: Rollout, runs: readonly AnalysisRun[] = []) => verdict(of, runs, awaited);

const healthy: RolloutStatus = {
  phase: "Healthy",
  message: "",
  stableRS: canary,
  currentStepIndex: 4,
  canary: { weights: { canary: { weight: 0 } } },
};
const invalid = condition("InvalidSpec", "True", "InvalidSpec", "spec.strategy.steps[0].setWeight: Invalid value: 500");
const timedOut = condition(
  "Progressing",
  "False",
  "ProgressDeadlineExceeded",
  'ReplicaSet "shop-6b678ccf69" has timed out progressing.',
);
const analysisFailed =
  'Background analysis phase error/failed: Metric "error-rate" assessed Failed due to failed (3) > failureLimit (2)';

const mirrorFirst = {
  strategy: {
    canary: {
      steps: [
        {},
        { setMirrorRoute: { match: [{}] } },
        { pause: { duration: "6s" } },
        { setMirrorRoute: {} },
        { setWeight: 5 },
        {},
        { pause: {} },
      ],
    },
  },
};

describe("the verdict on a Rollout", () => {
  const table: [string, Rollout, Partial<ReturnType<typeof verdict>>][] = [
    ["all replicas are new and healthy", rollout(healthy), { is: "promoted", firstDeploy: false }],
    [
      "the first deploy is healthy",
      rollout(healthy, {}, { annotations: { "rollout.argoproj.io/revision": "1" } }),
      { is: "promoted", firstDeploy: true },
    ],
    [
      "the old template was applied again",
      rollout({ ...healthy, currentPodHash: stable, stableRS: stable }),
      { is: "promoted" },
    ],
    [
      "healthy, but the stable version is still the old one",
      rollout({ ...healthy, stableRS: stable }),
      { is: "in progress" },
    ],
    [
      "healthy, but without any stable version",
      rollout({ ...healthy, stableRS: "", currentPodHash: "" }),
      { is: "in progress" },
    ],
    [
      "the first deploy starts",
      rollout({ stableRS: "" }),
      { is: "in progress", doing: "first deploy, more replicas need to be updated" },
    ],
    [
      "pods start",
      rollout(),
      { is: "in progress", at: { step: 1, steps: 2, weight: 5 }, doing: "more replicas need to be updated" },
    ],
    [
      "at a timed hold",
      rollout(pausedAt(1, 5)),
      { is: "in progress", at: { step: 1, steps: 2, weight: 5 }, doing: "held for 6s" },
    ],
    [
      "at a hold for a person",
      rollout(pausedAt(3, 50)),
      { is: "waiting for promotion", at: { step: 2, steps: 2, weight: 50 } },
    ],
    [
      "requests are mirrored, as the first step",
      rollout(pausedAt(2, 0), mirrorFirst),
      { is: "in progress", at: { step: 1, steps: 2, weight: 0 }, doing: "held for 6s" },
    ],
    [
      "at a hold after other kinds of steps",
      rollout(pausedAt(6, 5), mirrorFirst),
      { is: "waiting for promotion", at: { step: 2, steps: 2, weight: 5 } },
    ],
    [
      "a person has just promoted",
      rollout({ ...pausedAt(3, 50), pauseConditions: null }),
      { is: "in progress", doing: "promoted by a person, about to go on" },
    ],
    [
      "somebody paused it",
      rollout({ phase: "Paused", message: "manually paused" }, { paused: true }),
      { is: "paused" },
    ],
    [
      "past its deadline",
      rollout({ phase: "Degraded", ...timedOut }),
      { is: "stuck", message: 'ReplicaSet "shop-6b678ccf69" has timed out progressing.' },
    ],
    [
      "past its deadline, soon to be aborted",
      rollout({ phase: "Degraded", ...timedOut }, { progressDeadlineAbort: true }),
      { is: "in progress" },
    ],
    [
      "a spec that is refused",
      rollout({ phase: "Degraded", ...invalid }),
      { is: "invalid", looksAgainWithin: undefined, message: "spec.strategy.steps[0].setWeight: Invalid value: 500" },
    ],
    [
      "a Service that comes later",
      rollout({
        phase: "Degraded",
        ...condition("InvalidSpec", "True", "InvalidSpec", 'service "shop-stable" not found'),
      }),
      { is: "invalid", looksAgainWithin: 20 },
    ],
    ["a refused spec, though aborted before", rollout({ ...abortedFor(""), ...invalid }), { is: "invalid" }],
    ["aborted while paused", rollout({ ...pausedAt(1, 5), ...abortedFor("") }, { paused: true }), { is: "aborted" }],
    [
      "healthy by an old status, as no ReplicaSet can be made",
      rollout({
        ...healthy,
        ...condition("Progressing", "False", "ReplicaSetCreateError", "Failed to create new replica set: denied"),
      }),
      { is: "in progress", doing: "Failed to create new replica set: denied" },
    ],
    [
      "no pods within the quota",
      rollout(condition("ReplicaFailure", "True", "FailedCreate", "exceeded quota")),
      { is: "in progress", doing: "exceeded quota" },
    ],
  ];
  for (const [name, of, wanted] of table) {
    it(`${name}: ${wanted.is}`, () => assert.partialDeepStrictEqual(read(of), wanted));
  }

  const earlier: [string, RolloutStatus][] = [
    ["Healthy", healthy],
    ["aborted", abortedFor(analysisFailed)],
    ["waiting for promotion", pausedAt(3, 50)],
    ["invalid", { phase: "Degraded", ...invalid }],
    ["inconclusive", pausedAt(1, 5, "InconclusiveAnalysisRun")],
  ];
  for (const [name, status] of earlier) {
    it(`believes no ${name} status of an earlier generation, nor its measurements`, () => {
      const stale = rollout({ ...status, observedGeneration: "9" }, {}, { generation: 10 });
      assert.deepEqual(read(stale, [run("Failed", [metric("error-rate", "Failed", ["[1]"])])]), {
        is: "in progress",
        at: undefined,
        doing: "the controller has seen generation 9 of the Rollout and not yet 10",
        findings: [],
      });
    });
  }

  it("compares generations as numbers, and takes a later one for seen", () => {
    assert.equal(read(rollout({ ...healthy, observedGeneration: "10" }, {}, { generation: 9 })).is, "promoted");
  });

  it("says that no controller has looked where there is no status", () => {
    const { metadata, spec } = rollout();
    assert.match((read({ metadata, spec }) as { doing: string }).doing, /does Argo Rollouts run in this cluster/);
  });

  it("counts the weights reached as steps, whatever other kinds of steps lie between, and takes the weight from them without a router", () => {
    const spec = {
      strategy: { canary: { steps: [{}, { setWeight: 20 }, { pause: { duration: 300 } }, {}, { setWeight: 100 }] } },
    };
    assert.partialDeepStrictEqual(read(rollout({ ...pausedAt(2, 0), canary: {} }, spec)), {
      at: { step: 1, steps: 2, weight: 20 },
      doing: "held for 300s",
    });
  });

  it("shows the newest measurements of the version in flight only", () => {
    const runs = [
      run("Failed", [metric("error-rate", "Failed", ["[0.9]"])], 5),
      run("Running", [metric("error-rate", "Running", ["[0.001]"])], 1),
      run("Running", [metric("error-rate", "Running", ["[0.5]"])], 0, "anotherhash"),
      {
        ...run("Running", [metric("error-rate", "Running", ["[0.7]"])]),
        metadata: { labels: { "rollouts-pod-template-hash": canary }, ownerReferences: [{ uid: "another" }] },
      },
    ];
    const seen = read(rollout(pausedAt(1, 5)), runs);
    assert.deepEqual(seen.is === "in progress" && seen.findings.map(({ value }) => value), ["0.1 %"]);
  });
});

describe("why a release was aborted", () => {
  const reasons = (reason: string, runs: readonly AnalysisRun[]) => {
    const seen = read(rollout(abortedFor(reason)), runs);
    assert.equal(seen.is, "aborted");
    return seen.is === "aborted" ? { findings: seen.findings.map(findingInWords), message: seen.message } : undefined;
  };

  it("is the metric that failed, with value, threshold and counts", () => {
    const errorRate = metric("error-rate", "Failed", ["[0.1]", "[0.213]"], { count: 11, failed: 3 });
    const failed = run("Failed", [metric("request-rate", "Successful", ["[10]"]), errorRate]);
    assert.deepEqual(reasons(analysisFailed, [failed])?.findings, [
      "error-rate was 21.3 %, must be below 5 % (measured 11 times, 3 of them bad)",
    ]);
  });

  it("is each metric that failed, and none on trial", () => {
    const failed = run("Failed", [
      metric("error-rate", "Failed", ["[0.213]"], { failed: 1 }),
      metric("latency-p95", "Failed", ["[0.4567]"], { failed: 1 }),
      metric("saturation", "Failed", ["[1]"], { failed: 1, dryRun: true }),
    ]);
    assert.deepEqual(reasons(analysisFailed, [failed])?.findings, [
      "error-rate was 21.3 %, must be below 5 % (measured once, 1 of them bad)",
      "latency-p95 was 457 ms, must be below 200ms (measured once, 1 of them bad)",
    ]);
  });

  it("is what a metric could not be measured for", () => {
    const errorRate = {
      ...metric("error-rate", "Error", [], { count: 0, error: 5 }),
      measurements: [{ phase: "Error" as const, message: "connection refused" }],
    };
    assert.deepEqual(
      reasons("Background analysis phase error/failed: Metric ...", [run("Error", [errorRate])])?.findings,
      ["error-rate could not be measured (5 of 5 tries failed): connection refused"],
    );
  });

  it("is the newest bad run's, also of an analysis step", () => {
    const runs = [
      run("Failed", [metric("error-rate", "Failed", ["[0.9]"], { failed: 1 })], 5),
      run("Failed", [metric("error-rate", "Failed", ["[0.2]"], { failed: 1 })], 1),
      run("Successful", [metric("error-rate", "Successful", ["[0]"])], 0),
    ];
    assert.match(
      reasons("Step-based analysis phase error/failed", runs)?.findings.join() ?? "",
      /^error-rate was 20 %/,
    );
  });

  it("is the controller's message where no metric decided, though an earlier run of the same version failed", () => {
    const message = 'ReplicaSet "shop-6b678ccf69" has timed out progressing.';
    assert.deepEqual(reasons(message, [run("Failed", [metric("error-rate", "Failed", ["[0.9]"])], 5)]), {
      findings: [],
      message,
    });
  });

  it("is the analysis' message where nothing was measured", () => {
    assert.deepEqual(reasons("Background analysis phase error/failed: Analysis spec invalid: x", [run("Error", [])]), {
      findings: [],
      message: "Background analysis phase error/failed: Analysis spec invalid: x",
    });
  });

  it("is unknown where a person aborted", () => {
    assert.match(
      reasons("", [run("Failed", [metric("error-rate", "Failed", ["[0.9]"])], 5)])?.message ?? "",
      /a person or another program asked for it/,
    );
  });

  it("comes with the note that a first deploy has no way back", () => {
    assert.partialDeepStrictEqual(read(rollout({ ...abortedFor("x"), stableRS: "" })), {
      is: "aborted",
      firstDeploy: true,
    });
  });
});

describe("a release that is held", () => {
  const findings = (runs: readonly AnalysisRun[], status = pausedAt(1, 5, "InconclusiveAnalysisRun")) => {
    const seen = read(rollout(status), runs);
    return seen.is === "held" ? seen.findings.map(findingInWords) : seen;
  };

  for (const [value, words] of [
    ["[]", "request-rate had no data"],
    ["[NaN]", "request-rate had no data"],
    ["[0.25]", "request-rate was 0.25 requests/s"],
  ] as const) {
    it(`names the metric that could not decide: ${value}`, () => {
      const undecided = run("Inconclusive", [
        metric("error-rate", "Successful", ["[0]"]),
        metric("request-rate", "Inconclusive", [value], { count: 7, inconclusive: 3 }),
      ]);
      assert.deepEqual(findings([undecided]), [
        `${words}, must be at least 1 requests/s (measured 7 times, 3 of them bad)`,
      ]);
    });
  }

  it("is held though it is at a hold for a person too", () => {
    const status = pausedAt(3, 50);
    const both = {
      ...status,
      pauseConditions: [
        ...(status.pauseConditions ?? []),
        { reason: "InconclusiveAnalysisRun", startTime: "2026-11-21T03:06:50Z" },
      ],
    };
    assert.deepEqual(findings([], both), []);
    assert.equal(read(rollout(both)).is, "held");
  });
});

describe("the finding of a metric", () => {
  const inWords = (result: Parameters<typeof findingOf>[0]) => {
    const found = findingOf(result, awaited.metrics);
    return found && findingInWords(found);
  };

  it("is the last bad measurement of a metric that ended badly", () => {
    const measurements = [
      { phase: "Failed", value: "[0.2]" },
      { phase: "Successful", value: "[0.01]" },
    ] as const;
    assert.match(
      inWords({ ...metric("error-rate", "Failed", []), measurements, failed: 1 }) ?? "",
      /^error-rate was 20 %/,
    );
  });

  it("is the last measurement while the metric runs", () => {
    assert.match(inWords(metric("error-rate", "Running", ["[0.2]", "[0.01]"])) ?? "", /^error-rate was 1 %/);
  });

  it("counts errors as measurements, and as bad ones", () => {
    assert.equal(
      inWords(metric("latency-p95", "Failed", ["[0.5]"], { count: 4, failed: 2, error: 1 })),
      "latency-p95 was 500 ms, must be below 200ms (measured 5 times, 3 of them bad)",
    );
  });

  it("leaves the bound out for a metric that the plan does not know", () => {
    assert.equal(
      inWords(metric("saturation", "Failed", ["[2]"], { failed: 1 })),
      "saturation was 2 (measured once, 1 of them bad)",
    );
  });

  it("is nothing before the first measurement", () =>
    assert.equal(inWords(metric("error-rate", "Pending", [])), undefined));

  it("says so when even the error has no reason", () => {
    assert.equal(
      inWords({ ...metric("error-rate", "Error", [""], { count: 0, error: 1 }) }),
      "error-rate could not be measured (1 of 1 tries failed): the controller gives no reason",
    );
  });
});

const ingress = (weight: string | undefined, prefix = "nginx.ingress.kubernetes.io") => ({
  metadata: {
    annotations: {
      [`${prefix}/canary`]: "true",
      ...(weight === undefined ? {} : { [`${prefix}/canary-weight`]: weight }),
    },
  },
});

const back: RolloutObjects = {
  rollout: rollout(abortedFor("")),
  stableService: service(stable),
  canaryService: service(stable),
  weightObject: ingress("0"),
  replicaSets: [replicaSet(stable, 3), replicaSet(canary, 0)],
};

describe("the way back after an abort", () => {
  it("is complete when everything is as the stable version demands", () => {
    assert.deepEqual(wayBack(back, awaited), { traffic: [], pods: [] });
  });

  const missing: [string, Partial<RolloutObjects>, "traffic" | "pods", string][] = [
    [
      "the Rollout's weight",
      { rollout: rollout({ ...abortedFor(""), canary: { weights: { canary: { weight: 5 } } } }) },
      "traffic",
      "Rollout shop: status.canary.weights.canary.weight is 5, should be 0",
    ],
    [
      "the canary Ingress' weight",
      { weightObject: ingress("5") },
      "traffic",
      "Ingress shop-shop-canary: metadata.annotations.nginx.ingress.kubernetes.io/canary-weight is 5, should be 0",
    ],
    [
      "the canary Ingress' weight, not set",
      { weightObject: ingress(undefined) },
      "traffic",
      "Ingress shop-shop-canary: metadata.annotations.nginx.ingress.kubernetes.io/canary-weight is not set, should be 0",
    ],
    [
      "the canary Service's selector",
      { canaryService: service(canary) },
      "traffic",
      `Service shop-canary: spec.selector.rollouts-pod-template-hash is ${canary}, should be ${stable}`,
    ],
    [
      "the stable Service's selector",
      { stableService: service(undefined) },
      "traffic",
      `Service shop-stable: spec.selector.rollouts-pod-template-hash is not set, should be ${stable}`,
    ],
    [
      "a Service",
      { stableService: undefined },
      "traffic",
      `Service shop-stable: is not there, should select the stable pods (rollouts-pod-template-hash: ${stable})`,
    ],
    [
      "stable pods",
      { replicaSets: [replicaSet(stable, 3, 2)] },
      "pods",
      `stable ReplicaSet shop-${stable}: status.availableReplicas is 2, should be 3`,
    ],
    [
      "the stable ReplicaSet, though another Rollout has one",
      { replicaSets: [replicaSet(stable, 3, 3, "another")] },
      "pods",
      `stable ReplicaSet (rollouts-pod-template-hash: ${stable}): is not there, should have 3 available replicas`,
    ],
    [
      "the canary's scale-down",
      { replicaSets: [replicaSet(stable, 3), replicaSet(canary, 2)] },
      "pods",
      `canary ReplicaSet shop-${canary}: spec.replicas is 2, should be 0`,
    ],
  ];
  for (const [name, change, list, item] of missing) {
    it(`misses ${name}`, () =>
      assert.deepEqual(wayBack({ ...back, ...change }, awaited), { traffic: [], pods: [], [list]: [item] }));
  }

  it("needs no canary Ingress", () =>
    assert.deepEqual(wayBack({ ...back, weightObject: undefined }, awaited).traffic, []));

  it("reads the weight where the router keeps it", () => {
    const weight = {
      apiVersion: "traefik.io/v1alpha1",
      kind: "TraefikService",
      name: "shop",
      path: ["spec", "weighted", "services", 1, "weight"],
    };
    const traffic = (weightObject: object | undefined) =>
      wayBack({ ...back, weightObject }, { ...awaited, weight }).traffic;
    const weighted = (canaryWeight: number) => ({
      spec: { weighted: { services: [{ weight: 100 - canaryWeight }, { weight: canaryWeight }] } },
    });
    assert.deepEqual(traffic(weighted(0)), []);
    assert.deepEqual(traffic(weighted(25)), [
      "TraefikService shop: spec.weighted.services[1].weight is 25, should be 0",
    ]);
    assert.deepEqual(traffic(undefined), [
      "TraefikService shop: spec.weighted.services[1].weight is not set, should be 0",
    ]);
  });

  it("looks at no selectors and no weight where one Service leads to both versions", () => {
    const one = { ...awaited, stableService: undefined, canaryService: undefined, weight: undefined };
    assert.deepEqual(
      wayBack({ ...back, stableService: undefined, canaryService: undefined, weightObject: undefined }, one).traffic,
      [],
    );
  });

  it("leaves an aborted canary running where the Rollout was told to", () => {
    const running = { ...back, replicaSets: [replicaSet(stable, 3), replicaSet(canary, 2)] };
    assert.deepEqual(wayBack(running, { ...awaited, scaleDownSeconds: 0 }).pods, []);
  });

  it("does not look at another application's pods", () => {
    assert.deepEqual(
      wayBack({ ...back, replicaSets: [...back.replicaSets, replicaSet(canary, 2, 2, "another")] }, awaited).pods,
      [],
    );
  });
});
