/** The oldest Node that the Kubernetes client and Pulumi's SDK run on. */
const least = [22, 19] as const;

/** Why a version of Node is too old for this library; undefined where it is not. */
export function whyTooOld(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOld = major < least[0] || (major === least[0] && minor < least[1]);
  return isOld ? `Node ${version} is too old for this program; accepted: ${least.join(".")} or later` : undefined;
}

// Loaded before anything that an older one cannot load.
const why = whyTooOld(process.versions.node);
if (why !== undefined) throw new Error(why);
