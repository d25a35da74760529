import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Edit, LeftOut } from "./leftOut";

const stub = (file: string) => readFileSync(join(__dirname, "..", "tools", "without", file), "utf8");
const traefik = "github.com/traefik/traefik/v3";
const rollouts = "github.com/argoproj/argo-rollouts";
const pulumi = "github.com/pulumi/pulumi/pkg/v3";

/** The import of a package goes, whatever name the file gives it. */
const withoutImport = (path: string): Edit => [
  new RegExp(`^\\s*(\\w+ )?"${path.replace(/[.]/g, "\\.")}".*\\n`, "m"),
  "",
];

/** What Traefik is compiled without: the clients of more than a hundred clouds. */
export const traefikLeftOut: readonly LeftOut[] = [
  {
    what: "the DNS providers of its ACME client",
    module: "github.com/go-acme/lego/v5",
    files: { "providers/dns/zz_gen_dns_providers.go": stub("dns.go") },
  },
  {
    what: "the provider of Amazon ECS",
    module: traefik,
    files: {
      "pkg/provider/ecs/ecs.go": stub("ecs.go"),
      "pkg/provider/ecs/config.go": "gone",
      "pkg/provider/ecs/label.go": "gone",
    },
  },
];

/** What the controller of Argo Rollouts is compiled without. */
export const rolloutsLeftOut: readonly LeftOut[] = [
  {
    what: "metrics of CloudWatch and New Relic",
    module: rollouts,
    files: {
      "metricproviders/cloudwatch/cloudwatch.go": stub("cloudwatch.go"),
      "metricproviders/newrelic/newrelic.go": stub("newrelic.go"),
    },
  },
  {
    what: "Amazon's signatures for Prometheus",
    module: "github.com/prometheus/common/sigv4",
    files: { "sigv4.go": stub("sigv4.go"), "sigv4_config.go": "gone" },
  },
  {
    what: "notifications by Amazon SQS, GitHub, Google Chat and Google Pub/Sub",
    module: "github.com/argoproj/notifications-engine",
    files: {
      "pkg/services/awssqs.go": stub("services.go"),
      "pkg/services/github.go": "gone",
      "pkg/services/googlechat.go": "gone",
      "pkg/services/pubsub.go": "gone",
    },
  },
];

/** What Prometheus is compiled without. */
export const prometheusLeftOut: readonly LeftOut[] = [
  {
    what: "Google's authorization for remote write",
    module: "github.com/prometheus/prometheus",
    files: { "storage/remote/googleiam/googleiam.go": stub("googleiam.go") },
  },
];

/** What Pulumi's command is compiled without: state, secrets and logs that are kept in a cloud. */
export const pulumiLeftOut: readonly LeftOut[] = [
  {
    what: "the key services of AWS, Azure, Google and HashiCorp for secrets",
    module: pulumi,
    files: {
      "secrets/cloud/manager.go": [
        ...["awskms", "azurekeyvault", "gcpkms", "hashivault"].map((name) =>
          withoutImport(`gocloud.dev/secrets/${name}`),
        ),
        withoutImport("google.golang.org/api/cloudkms/v1"),
        withoutImport(`${pulumi}/authhelpers`),
        [/^\tcase gcpkms\.Scheme:\n[\s\S]*?(?=^\tdefault:)/m, ""],
      ],
    },
  },
  {
    what: "state in the stores of AWS, Azure and Google, and in PostgreSQL",
    module: pulumi,
    files: {
      "backend/diy/backend.go": [
        ...["azureblob", "gcsblob", "s3blob"].map((name) => withoutImport(`gocloud.dev/blob/${name}`)),
        ...["authhelpers", "backend/diy/postgres"].map((name) => withoutImport(`${pulumi}/${name}`)),
        [/^\tif p\.Scheme == gcsblob\.Scheme \{\n[\s\S]*?^\t\}\n/m, ""],
      ],
      "backend/diy/bucket.go": [
        ...["github.com/aws/aws-sdk-go-v2/service/s3", "net/url"].map(withoutImport),
        [/^\t\tvar input \*awss3\.CopyObjectInput\n[\s\S]*?^\t\t\}\n/m, ""],
        [/^func fixupS3CopySource\([\s\S]*?^\}\n/m, ""],
      ],
    },
  },
  {
    what: "the logs of AWS and Google",
    module: pulumi,
    files: {
      "operations/operations_aws.go": "gone",
      "operations/operations_cloud_aws.go": "gone",
      "operations/operations_gcp.go": "gone",
      "operations/resources.go": [[/^\tcase "cloud":\n[\s\S]*?(?=^\tdefault:)/m, ""]],
    },
  },
];
