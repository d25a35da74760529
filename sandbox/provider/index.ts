import { commandProvider } from "./command";
import { kubernetesProvider } from "./kubernetes";
import type { PluginName } from "../toolchain/plugins";
import { ProviderServer } from "./server";

/** The sandbox's own providers, listening; `debugProviders` is what PULUMI_DEBUG_PROVIDERS takes. */
export interface Providers {
  readonly debugProviders: string;
  close(): Promise<void>;
}

/** Serves resources of some packages to the engine on loopback; the kubeconfig is a path or its contents. */
export async function serveProviders({
  kubeconfig,
  packages = ["kubernetes", "command"],
}: {
  readonly kubeconfig: string;
  readonly packages?: readonly PluginName[];
}): Promise<Providers> {
  const implementations = { kubernetes: () => kubernetesProvider(kubeconfig), command: () => commandProvider };
  const servers = packages.map((name) => new ProviderServer(implementations[name]()));
  const addresses = await Promise.all(
    servers.map(async (server) => `${server.implementation.package}:${await server.listen()}`),
  );
  return {
    debugProviders: addresses.join(","),
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
