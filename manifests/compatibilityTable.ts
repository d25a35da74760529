import { controllerNames, routerNames, type ControllerName } from "../release/settings";
import type { Feature } from "./support";
import { noDataTable } from "./withoutData";
import { features, supportOf, refusedPair } from "./compatibility";

/**
 * How every pair supports every feature: a table for each controller in Markdown, one for what is done without data,
 * and the notes that their cells point to.
 */
export function compatibilityTables(): readonly string[] {
  const notes: string[] = [];
  const noted = (text: string, note: string | undefined) => {
    if (note === undefined) return text;
    if (!notes.includes(note)) notes.push(note);
    return `${text} <sup>${notes.indexOf(note) + 1}</sup>`;
  };
  const cell = (controller: ControllerName, feature: Feature) =>
    routerNames.map((router) => {
      const support = supportOf({ router, controller }, feature);
      if (support.how === "refused") return noted("no", support.why);
      return noted(support.how === "gate" ? "through a gate" : "yes", support.note);
    });
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const tables = controllerNames.flatMap((controller) => [
    row([`with \`${controller}\``, ...routerNames.map((router) => `\`${router}\``)]),
    row(["---", ...routerNames.map(() => "---")]),
    row(["weights", ...routerNames.map((router) => weights({ router, controller }, noted))]),
    ...(Object.keys(features) as Feature[]).map((feature) =>
      row([features[feature].title, ...cell(controller, feature)]),
    ),
    "",
  ]);
  const withoutData = ["What a release does when Prometheus has nothing to judge by:", "", ...noDataTable(noted), ""];
  return [...tables, ...withoutData, ...notes.map((note, index) => `${index + 1}. ${note}`)];
}

function weights(
  pair: Parameters<typeof refusedPair>[0],
  noted: (text: string, note: string | undefined) => string,
): string {
  const asWhole = refusedPair(pair);
  return asWhole ? noted("no", asWhole.why) : "yes";
}
