import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { describeRelease } from "../manifests/describe";
import { median } from "./check";
import { runByPulumi } from "./languageHost";

const runs = 5;
const repository = join(__dirname, "..");
const release = { application: "shop", image: "registry.example.com/shop:1.4.0", host: "shop.example.com" };

/** Medians of the processor time until the first resource, in seconds. */
export interface ProgramTimes {
  readonly ours: number;
  /** Of a program that declares the same objects one by one, as Pulumi's template for Kubernetes runs it. */
  readonly plain: number;
  /** The same, where its types are not checked at each start. */
  readonly unchecked: number;
}

/** Times the start of this repository's program and of plain ones, in turn, each after one that does not count. */
export async function programTimes(directory: string, kubeconfig: string): Promise<ProgramTimes> {
  const config = Object.fromEntries(Object.entries(release).map(([key, value]) => [`canary:${key}`, value]));
  const [plain, unchecked] = [plainProgram(directory, {}), plainProgram(directory, { noCheck: true })];
  const start = async (folder: string) => {
    const { secondsToFirst, errors } = await runByPulumi(folder, { config, env: { KUBECONFIG: kubeconfig } });
    if (secondsToFirst === undefined) throw new Error(`${folder} declared nothing: ${errors.join("\n")}`);
    return secondsToFirst;
  };
  const times: ProgramTimes[] = [];
  for (let run = 0; run <= runs; run++)
    times.push({ ours: await start(repository), plain: await start(plain), unchecked: await start(unchecked) });
  const medianOf = (of: keyof ProgramTimes) => median(times.slice(1).map((each) => each[of]));
  return { ours: medianOf("ours"), plain: medianOf("plain"), unchecked: medianOf("unchecked") };
}

/** A folder with a program of the same objects, and these compiler options beside the template's. */
function plainProgram(parent: string, more: object): string {
  const folder = join(parent, ["plain-program", ...Object.keys(more)].join("-"));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  const compilerOptions = { strict: true, target: "es2020", module: "nodenext", skipLibCheck: true, ...more };
  const declared = describeRelease(release).objects.map(
    ({ role, object }) => `new ${classOf(object)}("shop-${role}", ${JSON.stringify(object)});`,
  );
  const files = {
    "Pulumi.yaml": dump({ name: "canary", main: "index.ts", runtime: { name: "nodejs", options: {} } }),
    "package.json": JSON.stringify({ name: "plain" }),
    "tsconfig.json": JSON.stringify({ compilerOptions, files: ["index.ts"] }),
    "index.ts": ['import * as kubernetes from "@pulumi/kubernetes";', ...declared].join("\n"),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function classOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string {
  const [group = "", version] = apiVersion.includes("/") ? apiVersion.split("/") : ["core", apiVersion];
  const own = ["core", "networking.k8s.io", "policy"].includes(group);
  return own ? `kubernetes.${group.split(".")[0]}.${version}.${kind}` : "kubernetes.apiextensions.CustomResource";
}
