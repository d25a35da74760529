import { badRequestsInWords, shares, untilBackInWords, type PlanPromise } from "../release/promise/promise";
import { holdInWords, weightInWords, type Step } from "../release/plan";
import { formatPercent } from "../release/units";

const width = 720;
const left = 48;
const right = width - 16;
const weights = { top: 48, bottom: 208 };
const bars = { top: 282, bottom: 372 };

/** A step as it is drawn: from where to where on the axis of time. */
interface Drawn {
  readonly step: Step;
  readonly from: number;
  readonly to: number;
}

/**
 * A picture (SVG) of the weight over time and, where there is a promise, of the most bad requests of a fault that
 * begins with each step under it.
 */
export function picture(title: string, steps: readonly Step[], promise?: PlanPromise): string {
  const drawn = alongTime(steps);
  const height = promise ? 412 : 244;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    text(left, 24, title, "title"),
    ...[0, 25, 50, 100].flatMap((percent) => [
      line(left, weightAt(percent), right, weightAt(percent), "grid"),
      text(left - 6, weightAt(percent) + 4, `${percent} %`, "end"),
    ]),
    `<path class="weight" d="${staircase(drawn)}"/>`,
    ...drawn.flatMap(label),
    ...(promise ? exposures(drawn, promise) : []),
    "</svg>",
    "",
  ].join("\n");
}

/**
 * Steps take turns along the axis by the square root of their hold, so that a short one can still be read; one that
 * waits for a person is as long as the longest.
 */
function alongTime(steps: readonly Step[]): readonly Drawn[] {
  const timed = steps.map(({ hold }) => hold).filter((hold) => hold !== "until promoted");
  const longest = Math.max(60, ...timed);
  const lengths = steps.map(({ hold }) =>
    Math.sqrt(hold === "until promoted" ? longest : Math.max(hold, longest / 25)),
  );
  const unit = (right - left) / lengths.reduce((sum, length) => sum + length, 0);
  let from = left;
  return steps.map((step, index) => {
    const to = from + (lengths[index] ?? 0) * unit;
    const each = { step, from, to };
    from = to;
    return each;
  });
}

const weightAt = (percent: number) => weights.bottom - ((weights.bottom - weights.top) * percent) / 100;

function staircase(drawn: readonly Drawn[]): string {
  const stairs = drawn.map(
    ({ step, from, to }) =>
      `L${round(from)} ${round(weightAt(step.weight))} L${round(to)} ${round(weightAt(step.weight))}`,
  );
  return `M${left} ${weights.bottom} ${stairs.join(" ")} L${right} ${weights.bottom} Z`;
}

function label({ step, from, to }: Drawn): readonly string[] {
  return [
    text((from + to) / 2, weightAt(step.weight) - 6, weightInWords(step), "middle"),
    text((from + to) / 2, weights.bottom + 18, holdInWords(step), "middle"),
    ...(step.hold === "until promoted" ? [line(to, weights.top, to, weights.bottom, "person")] : []),
  ];
}

/** The shares of failed requests that are drawn: a fifth of them, and all. */
const drawnShares = [0.2, 1] as const;

function exposures(drawn: readonly Drawn[], { steps }: PlanPromise): readonly string[] {
  const columns = drawnShares.map((share) => shares.indexOf(share));
  const counts = steps.flatMap(({ worst }) => columns.map((column) => worst[column]?.badRequests ?? 0));
  const most = Math.max(1, ...counts.filter(Number.isFinite));
  const caption = `most bad requests of a version that fails ${drawnShares.map(formatPercent).join(" or ")} of its requests from that step on, and the time until it gets none`;
  return [
    text(left, bars.top - 24, caption, "caption"),
    ...drawn.flatMap(({ from, to }, index) => {
      const barWidth = Math.min(40, (to - from) / 3);
      return columns.flatMap((column, at) => {
        const worst = steps[index]?.worst[column];
        if (!worst) return [];
        const tall = ((bars.bottom - bars.top) * Math.min(worst.badRequests, most)) / most;
        const x = (from + to) / 2 + (at - columns.length / 2) * (barWidth + 4) + 2;
        return [
          `<rect class="bad${at}" x="${round(x)}" y="${round(bars.bottom - tall)}" width="${round(barWidth)}" height="${round(Math.max(1, tall))}"/>`,
          text(x + barWidth / 2, bars.bottom - tall - 4, badRequestsInWords(worst), "middle small"),
          text(x + barWidth / 2, bars.bottom + 14 + at * 12, untilBackInWords(worst), "middle small"),
        ];
      });
    }),
  ];
}

const style = [
  "text{font:12px system-ui,sans-serif;fill:#24292f}.title{font-weight:600;font-size:14px}.caption{font-size:11px}.small{font-size:10px}",
  ".middle{text-anchor:middle}.end{text-anchor:end}.paper{fill:#fff}.grid{stroke:#d0d7de}.person{stroke:#9a6700;stroke-dasharray:4 3}",
  ".weight{fill:#ddf4ff;stroke:#0969da;stroke-width:2}.bad0{fill:#d4a72c}.bad1{fill:#cf222e}",
  "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.paper{fill:#0d1117}.grid{stroke:#30363d}.weight{fill:#0c2d6b}}",
].join("");

const line = (x1: number, y1: number, x2: number, y2: number, name: string) =>
  `<line class="${name}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
const text = (x: number, y: number, words: string, name: string) =>
  `<text class="${name}" x="${round(x)}" y="${round(y)}">${escaped(words)}</text>`;
const round = (value: number) => Number(value.toFixed(1));
const escaped = (words: string) => words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
