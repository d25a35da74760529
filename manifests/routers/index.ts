import type { RouterName } from "../../release/settings";
import { gatewayApi } from "./gatewayApi";
import { istio } from "./istio";
import { nginx } from "./nginx";
import type { Router } from "./router";
import { service } from "./service";
import { traefik } from "./traefik";

/** Every router, by the name that the configuration has for it. */
export const routers: Readonly<Record<RouterName, Router>> = {
  service,
  nginx,
  istio,
  "gateway-api": gatewayApi,
  traefik,
};
