import { writeFileSync } from "node:fs";
import { dump } from "js-yaml";
import { apiServerUrl, ports, type Context } from "./context";
import { askApiServer } from "./controlPlane";
import { createNamespace, installDefinitions } from "./definitions";
import type { Part } from "./part";
import { answersOk } from "./request";

export const routerUrl = `http://127.0.0.1:${ports.router}`;

/** The Gateway that takes HTTPRoutes of every namespace; its listener is Traefik's entry point. */
export const gateway = { namespace: "gateway-system", name: "gateway" } as const;
const gatewayClass = "traefik";
const gatewayGroup = "/apis/gateway.networking.k8s.io/v1";
const gateways = `${gatewayGroup}/namespaces/${gateway.namespace}/gateways`;

const create = (context: Context, path: string, body: object) =>
  askApiServer(context, path, { body: JSON.stringify(body) });

/** Declares what Traefik reads: the class of the Ingresses, its own resources and the Gateway API's. */
export async function installTraefik(context: Context): Promise<void> {
  await Promise.all([
    create(context, "/apis/networking.k8s.io/v1/ingressclasses", {
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: { name: "nginx" },
      spec: { controller: "k8s.io/ingress-nginx" },
    }),
    installDefinitions(context, context.files.traefikCrds),
    installDefinitions(context, context.files.gatewayApiCrds),
    createNamespace(context, gateway.namespace),
  ]);
}

/** Takes two seconds: for that long the API server holds back the first objects of a kind that was just defined. */
export async function createGateway(context: Context): Promise<void> {
  await Promise.all([
    create(context, `${gatewayGroup}/gatewayclasses`, {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "GatewayClass",
      metadata: { name: gatewayClass },
      spec: { controllerName: "traefik.io/gateway-controller" },
    }),
    create(context, gateways, {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: gateway,
      spec: {
        gatewayClassName: gatewayClass,
        listeners: [
          { name: "web", protocol: "HTTP", port: ports.router, allowedRoutes: { namespaces: { from: "All" } } },
        ],
      },
    }),
  ]);
}

/**
 * The router: it reads Ingresses with ingress-nginx's annotations, those for a canary included, IngressRoutes and
 * HTTPRoutes. Its configuration is a file, since any user of the machine can read a command line, and the token in it.
 */
export function traefik(context: Context): Part {
  const file = context.data("traefik.yaml");
  writeFileSync(file, dump(configuration(context)), { mode: 0o600 });
  return {
    name: "traefik",
    command: context.tools.traefik,
    args: [`--configFile=${file}`],
    ready: async () =>
      (await answersOk(`http://127.0.0.1:${ports.traefik}/ping`)) && (await gatewayIsProgrammed(context)),
  };
}

function configuration({ token, certificate }: Context): object {
  const cluster = { endpoint: apiServerUrl, token, certAuthFilePath: certificate };
  return {
    entryPoints: {
      web: { address: `:${ports.router}` },
      traefik: { address: `127.0.0.1:${ports.traefik}` },
    },
    providers: {
      kubernetesIngressNGINX: cluster,
      kubernetesCRD: cluster,
      kubernetesGateway: cluster,
      // A changed weight or endpoint takes effect after a tenth of a second instead of two.
      providersThrottleDuration: "100ms",
    },
    ping: {},
    metrics: { prometheus: {} },
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    log: { level: "INFO", noColor: true },
  };
}

async function gatewayIsProgrammed(context: Context): Promise<boolean> {
  const answer = await askApiServer(context, `${gateways}/${gateway.name}`).catch(() => undefined);
  const { status } = JSON.parse(answer?.body ?? "{}") as {
    status?: { conditions?: { type: string; status: string }[] };
  };
  return status?.conditions?.some(({ type, status }) => type === "Programmed" && status === "True") ?? false;
}
