import { z } from "zod";
import { dnsLabel, dnsName, orEmpty, path, subdomain, text } from "./valueTypes";

export const routerNames = ["service", "nginx", "istio", "gateway-api", "traefik"] as const;
export type RouterName = (typeof routerNames)[number];

/** Labels of at most 63 characters, the last of which is no number: that would be an address. */
const hostName = new RegExp(`^(?!.*[^.]{64})(?!(?:.*\\.)?\\d+$)${dnsName.source}`);

/** How users reach the application, and what splits their requests. */
export const entryPointKeys = {
  host: text(
    hostName,
    'the host that users ask for; accepted: a DNS name in lower case, no address, such as "shop.example.com"',
  ).describe("Host that users ask for."),
  path: path("the path prefix of the application").default("/").describe("Path prefix of the application on its host."),
  tlsSecret: text(
    orEmpty(dnsName),
    'the name of the TLS Secret of the host, in the namespace; accepted: a name, or "" for none',
  )
    .default("")
    .describe("TLS Secret of the host, in the namespace; with none the URL is plain HTTP."),
  router: z
    .enum(routerNames, { error: `the router; accepted: ${routerNames.join(", ")}` })
    .default("nginx")
    .describe(
      "What splits the requests: service (by the number of pods), nginx (Ingress objects with ingress-nginx's canary annotations), istio, gateway-api or traefik.",
    ),
  ingressClass: subdomain("the name of an IngressClass")
    .default("nginx")
    .describe("IngressClass that answers for the host, for the routers nginx and service."),
  gateway: z
    .strictObject({
      kind: z
        .enum(["Gateway", "Service"], { error: "what an HTTPRoute attaches to; accepted: Gateway, Service" })
        .default("Gateway")
        .describe("What is attached to: for router gateway-api a Service too."),
      name: subdomain("the name of the Gateway").default("gateway").describe("Name of the Gateway."),
      namespace: text(orEmpty(dnsLabel), 'the namespace of the Gateway; accepted: a name, or "" for the release\'s own')
        .default("")
        .describe('Namespace of the Gateway; "" is the release\'s own.'),
    })
    .prefault({})
    .describe("Gateway that the routers istio and gateway-api attach to."),
  entryPoint: text(/^[\w-]+$/, "the name of one of Traefik's entry points; accepted: letters, digits, '-' and '_'")
    .default("web")
    .describe("Entry point that Traefik's routes listen on, for the router traefik."),
};
