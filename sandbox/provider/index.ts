import { commandProvider } from "./command";
import { kubernetesProvider } from "./kubernetes";
import { ProviderServer } from "./server";

/** The sandbox's own providers, listening; `debugProviders` is what PULUMI_DEBUG_PROVIDERS takes. */
export interface Providers {
  readonly debugProviders: string;
  close(): Promise<void>;
}

/** Serves `kubernetes` and `command` resources to the engine on loopback; the kubeconfig is a path or its contents. */
export async function serveProviders(options: { kubeconfig: string }): Promise<Providers> {
  const servers = [new ProviderServer(kubernetesProvider(options.kubeconfig)), new ProviderServer(commandProvider)];
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
