import { itRefuses } from "../../../support/releases";

describe("the entry point", () => {
  const long = (length: number) => "a".repeat(length);
  itRefuses([
    [
      "another router",
      { router: "haproxy" },
      'router = "haproxy": the router; accepted: service, nginx, istio, gateway-api, traefik',
    ],
    ...["1.2.3.4", "shop.1", "7", `${long(64)}.example.com`].map(
      (host) => [`the host ${host.slice(0, 20)}`, { host }, `host = "${host}": the host that users ask for`] as const,
    ),
    ["a host longer than DNS has it", { host: long(254) }, `host = "${long(254)}": the host that users ask for`],
    [
      "a path without its slash",
      { path: "shop" },
      'path = "shop": the path prefix of the application begins with "/"; accepted: ',
    ],
    [
      "a name of an IngressClass that Kubernetes refuses",
      { ingressClass: "Nginx" },
      'ingressClass = "Nginx": the name of an IngressClass; accepted: lower case letters',
    ],
    [
      "a namespace of the Gateway that Kubernetes refuses",
      { gateway: { namespace: long(64) } },
      `gateway.namespace = "${long(64)}": the namespace of the Gateway; accepted: a name, or ""`,
    ],
  ]);
});
