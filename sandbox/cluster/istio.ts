import { mkdirSync, writeFileSync } from "node:fs";
import { dump } from "js-yaml";
import { ports, type Context } from "./context";
import { askApiServer } from "./controlPlane";
import { createNamespace, installDefinitions } from "./definitions";
import type { Part } from "./part";
import { answersOk, request } from "./request";

export const istioUrl = `http://127.0.0.1:${ports.istioGateway}`;

/** The Gateway to which VirtualServices of every namespace bind, as `istio-system/ingressgateway`. */
export const istioGateway = { namespace: "istio-system", name: "ingressgateway" } as const;
const selector = { istio: "ingressgateway" };
export const istioVersion = "1.29.2";

export async function installIstio(context: Context): Promise<void> {
  await Promise.all([
    installDefinitions(context, context.files.istioCrds),
    createNamespace(context, istioGateway.namespace),
  ]);
}

/** The Gateway, for every host; without it Envoy opens no port. */
export async function createIstioGateway(context: Context): Promise<void> {
  const body = {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: istioGateway,
    spec: {
      selector,
      servers: [{ port: { number: ports.istioGateway, name: "http", protocol: "HTTP" }, hosts: ["*"] }],
    },
  };
  await askApiServer(context, `/apis/networking.istio.io/v1/namespaces/${istioGateway.namespace}/gateways`, {
    body: JSON.stringify(body),
  });
}

export function istiod(context: Context): Part {
  const directory = context.data("istiod");
  mkdirSync(directory);
  const meshConfig = context.data("istio-mesh.yaml");
  // Without a sidecar there is nobody to speak mutual TLS with, and Envoy would wait for certificates.
  writeFileSync(meshConfig, dump({ enableAutoMtls: false }));
  const http = `127.0.0.1:${ports.istiod}`;
  return {
    name: "istiod",
    command: context.tools["pilot-discovery"],
    args: [
      "discovery",
      `--kubeconfig=${context.kubeconfig}`,
      `--meshConfig=${meshConfig}`,
      `--httpAddr=${http}`,
      "--httpsAddr=",
      `--grpcAddr=127.0.0.1:${ports.istiodGrpc}`,
      "--secureGRPCAddr=",
      `--monitoringAddr=127.0.0.1:${ports.istiodMetrics}`,
      "--domain=cluster.local",
    ],
    environment: {
      // Filters that only Istio's own Envoy has.
      PILOT_ENABLE_ALPN_FILTER: "false",
      PILOT_ENABLE_METADATA_EXCHANGE: "false",
      PILOT_CERT_PROVIDER: "none",
      // The Gateway API is Traefik's here.
      PILOT_ENABLE_GATEWAY_API: "false",
      POD_NAMESPACE: istioGateway.namespace,
      POD_NAME: "istiod-1",
      CLUSTER_ID: "Kubernetes",
    },
    directory,
    ready: () => answersOk(`http://${http}/ready`),
  };
}

/** The ingress gateway: plain Envoy, configured by istiod. */
export function ingressGateway(context: Context): Part {
  const bootstrap = context.data("envoy.yaml");
  writeFileSync(bootstrap, dump(envoyBootstrap()));
  return {
    name: "istio-ingressgateway",
    command: context.tools.envoy,
    args: ["--config-path", bootstrap, "--disable-hot-restart", "--concurrency", "1", "--log-level", "warning"],
    // Without a VirtualService it answers 404.
    ready: async () => (await request(istioUrl, { timeoutMs: 1000 }).catch(() => undefined)) !== undefined,
  };
}

function envoyBootstrap(): object {
  const name = `${istioGateway.name}.${istioGateway.namespace}`;
  const discovery = { resource_api_version: "V3", ads: {} };
  const address = (port: number) => ({ socket_address: { address: "127.0.0.1", port_value: port } });
  return {
    node: {
      id: `router~127.0.0.1~${name}~${istioGateway.namespace}.svc.cluster.local`,
      cluster: istioGateway.name,
      metadata: {
        LABELS: selector,
        NAMESPACE: istioGateway.namespace,
        CLUSTER_ID: "Kubernetes",
        ISTIO_VERSION: istioVersion,
      },
    },
    admin: { address: address(ports.envoyAdmin) },
    dynamic_resources: {
      lds_config: discovery,
      cds_config: discovery,
      ads_config: {
        api_type: "GRPC",
        transport_api_version: "V3",
        grpc_services: [{ envoy_grpc: { cluster_name: "istiod" } }],
      },
    },
    static_resources: {
      clusters: [
        {
          name: "istiod",
          type: "STATIC",
          connect_timeout: "1s",
          typed_extension_protocol_options: {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
              "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
              explicit_http_config: { http2_protocol_options: {} },
            },
          },
          load_assignment: {
            cluster_name: "istiod",
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(ports.istiodGrpc) } }] }],
          },
        },
      ],
    },
  };
}
