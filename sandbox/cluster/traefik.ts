import { apiServerUrl, ports, type Context } from "./context";
import { askApiServer } from "./controlPlane";
import type { Part } from "./part";
import { answersOk } from "./request";

export const routerUrl = `http://127.0.0.1:${ports.router}`;

/** Declares the class of the Ingresses that Traefik reads as ingress-nginx would. */
export async function createIngressClass(context: Context): Promise<void> {
  const body = { apiVersion: "networking.k8s.io/v1", kind: "IngressClass", metadata: { name: "nginx" }, spec: { controller: "k8s.io/ingress-nginx" } };
  await askApiServer(context, "/apis/networking.k8s.io/v1/ingressclasses", { body: JSON.stringify(body) });
}

/** The router: it reads Ingresses with ingress-nginx's annotations, those for a canary included. */
export function traefik(context: Context): Part {
  const provider = "--providers.kubernetesingressnginx";
  return {
    name: "traefik",
    command: context.tools.traefik,
    args: [
      `--entrypoints.web.address=:${ports.router}`,
      `--entrypoints.traefik.address=127.0.0.1:${ports.traefik}`,
      provider,
      `${provider}.endpoint=${apiServerUrl}`,
      `${provider}.token=${context.token}`,
      `${provider}.certauthfilepath=${context.certificate}`,
      // A changed weight or endpoint takes effect after a tenth of a second instead of two.
      "--providers.providersthrottleduration=100ms",
      "--ping",
      "--metrics.prometheus",
      "--global.checknewversion=false",
      "--global.sendanonymoususage=false",
      "--log.level=INFO",
      "--log.nocolor=true",
    ],
    ready: () => answersOk(`http://127.0.0.1:${ports.traefik}/ping`),
  };
}
