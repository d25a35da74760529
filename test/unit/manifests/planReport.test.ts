import assert from "node:assert/strict";
import { picture } from "../../../manifests/planPicture";
import { planReport } from "../../../manifests/planReport";
import type { ReleaseArgs } from "../../../release/settings";
import { releaseWith, settingsWith } from "../../support/releases";

const reportOf = (change: Partial<ReleaseArgs> = {}) => planReport(releaseWith(change));
const traffic = { requestRate: "100/s" };
const waiting = [
  { weight: 5, hold: "10m" },
  { weight: 50, hold: "until promoted" },
  { weight: 100, hold: "10m" },
];

describe("the report of a plan", () => {
  it("has the steps, what is judged, the worst cases and the notices", () => {
    const { lines, markdown, promise } = reportOf({ traffic });
    assert.ok(lines.some((line) => line.startsWith("total: 40m")));
    assert.ok(lines.includes("  error-rate: below 5 %"));
    assert.ok(
      lines.some((line) => line.startsWith("step 1") && line.includes(`, ${promise?.steps[0]?.worst[3]?.badRequests}`)),
    );
    assert.ok(lines.some((line) => line.startsWith("router nginx: the project ingress-nginx was retired")));
    for (const step of [1, 2, 3, 4])
      assert.match(markdown, new RegExp(`^\\| ${step} \\| \\d+ % \\| 10m \\| the metrics \\|`, "m"));
  });

  it("says the same in Markdown: the error budget, and all that the promise rests on", () => {
    const { lines, markdown } = reportOf({ traffic: { requestRate: "2/s" } });
    const from = lines.findIndex((line) => line.startsWith("of the month's error budget"));
    const notes = lines.slice(from + 1, -1);
    assert.ok(from > 0 && notes.length > 3, notes.join("\n"));
    for (const note of notes) assert.ok(markdown.includes(`\n- ${note}\n`), note);
    assert.ok(notes.some((note) => note.startsWith("step 1 needs ")));
    assert.ok(notes.some((note) => note.startsWith("step 1 is too short to surely see ")));
    const budget = lines[from]?.split(/ {2,}/).slice(1) ?? [];
    assert.match(markdown, new RegExp(`^\\| .*of the month's error budget .* ${budget.join(" \\| ")} \\|$`, "m"));
    assert.ok(markdown.includes("(99.9 % sure)"));
  });

  it("has as many cells in each row of the Markdown table", () => {
    const table = reportOf({ traffic })
      .markdown.split("\n")
      .filter((line) => line.startsWith("|"));
    assert.equal(table.length, 7);
    assert.equal(new Set(table.map((row) => row.split("|").length)).size, 1, table.join("\n"));
  });

  it("says why there is no promise", () => {
    assert.ok(reportOf().lines.some((line) => line.includes("not known without traffic.requestRate")));
    assert.ok(
      reportOf({ traffic, controller: "pulumi" }).lines.some((line) =>
        line.includes("unbounded, since nobody acts between two ups"),
      ),
    );
    const relative = reportOf({ traffic, thresholds: { errorRate: { timesStable: 3 } } });
    for (const text of [relative.lines.join("\n"), relative.markdown]) {
      assert.match(text, /not known without thresholds\.errorRate\.fail/);
      assert.doesNotMatch(text, /traffic\.requestRate/);
    }
  });

  const tolerated: [ReleaseArgs["controller"], RegExp][] = [
    ["argo-rollouts", /; 2 failed measurements of one metric are tolerated, one more takes the canary back:$/],
    [
      "flagger",
      /; 2 failed checks are tolerated, of all metrics together, one more takes the canary back; a value equal to its bound passes:$/,
    ],
    ["pulumi", /^judged by, measured over 2m before each raise; one that fails refuses it:$/],
  ];
  for (const [controller = "argo-rollouts", words] of tolerated) {
    it(`says what failures are tolerated as the controller counts them: ${controller}`, () => {
      const { lines, markdown } = reportOf({ controller, router: "traefik" });
      const judged = lines.find((line) => line.startsWith("judged by")) ?? "";
      assert.match(judged, words);
      assert.ok(markdown.includes(judged));
    });
  }

  it("says how segments and sticky sessions change the real share", () => {
    const segments = [
      { name: "staff", when: [{ header: "x-group", exact: "staff" }] },
      { name: "bank", gets: "stable" as const, when: [{ header: "x-bank", exact: "1" }] },
    ];
    const { lines } = reportOf({ router: "traefik", segments, sticky: { cookie: "version" } });
    for (const words of [
      'staff (x-group is "staff"): all of their requests',
      'bank (x-bank is "1"): none of their requests',
      'sticky.cookie "version": a user keeps',
    ]) {
      assert.ok(
        lines.some((line) => line.includes(words)),
        words,
      );
    }
  });
});

describe("the picture of a plan", () => {
  const drawn = (change: Partial<ReleaseArgs>) => {
    const settings = settingsWith(change);
    return picture("Release plan of <shop>", settings.steps, reportOf(change).promise);
  };

  it("is an SVG with every step's weight and hold, with and without a promise", () => {
    for (const change of [{ traffic }, {}, { traffic, steps: waiting }]) {
      const svg = drawn(change);
      assert.match(svg, /^<svg [^>]*>[\s\S]*<\/svg>\n$/);
      assert.ok(svg.includes("Release plan of &lt;shop>") && !/NaN|Infinity|undefined/.test(svg));
      for (const { weight } of settingsWith(change).steps) assert.ok(svg.includes(`>${weight} %</text>`));
    }
    assert.ok(drawn({ steps: waiting }).includes(">until promoted</text>"));
  });

  it("draws the bad requests of a version that always fails taller the more there are", () => {
    const heights = [...drawn({ traffic }).matchAll(/class="bad1"[^>]*height="([\d.]+)"/g)].map(([, height]) =>
      Number(height),
    );
    assert.equal(heights.length, 4);
    assert.deepEqual(
      [...heights].sort((a, b) => a - b),
      heights,
    );
  });
});
