import { judgeTable } from "../../table";
import { canaryIngress, ingress, main, path, weighted, withNginx } from "./objects";

judgeTable("shared-upstream", [
  [
    "another host with the same Service and port",
    [main, canaryIngress(), ingress([path("web")], {}, "admin", "admin.example.com")],
    "violation",
    /Ingress web-canary spec: admin\.example\.com\/ leads to Service web, port 80 too/,
  ],
  [
    "another path with the same Service",
    [ingress([path("web"), path("web", { path: "/admin" })]), canaryIngress()],
    "violation",
    /shop\.example\.com\/admin leads/,
  ],
  [
    "another host with another port",
    [
      main,
      canaryIngress(),
      ingress(
        [path("web", { backend: { service: { name: "web", port: { number: 81 } } } })],
        {},
        "admin",
        "admin.example.com",
      ),
    ],
    "passes",
  ],
  [
    "another host with another Service",
    [main, canaryIngress(), ingress([path("admin")], {}, "admin", "admin.example.com")],
    "passes",
  ],
  [
    "another path that the canary names too",
    [
      ingress([path("web"), path("web", { path: "/admin" })]),
      ingress([path("web-canary"), path("web-canary", { path: "/admin" })], weighted, "web-canary"),
    ],
    "passes",
  ],
  [
    "another host with a canary of its own, which is one for both",
    [
      main,
      canaryIngress(),
      ingress([path("web")], {}, "b", "b.example.com"),
      ingress([path("web-canary")], weighted, "b-canary", "b.example.com"),
    ],
    "violation",
  ],
  [
    "a Rollout's Ingress beside another to its stable Service",
    [withNginx(), main, ingress([path("web")], {}, "admin", "admin.example.com")],
    "violation",
    /Rollout web .*admin\.example\.com/,
  ],
  [
    "a Rollout's Ingresses",
    [withNginx({ stableIngresses: ["web", "admin"] }), main, ingress([path("web")], {}, "admin", "admin.example.com")],
    "passes",
  ],
  ["a Rollout's Ingress that is elsewhere", [withNginx()], "not judged"],
]);
