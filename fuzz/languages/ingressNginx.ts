/**
 * What ingress-nginx takes in its annotations of a canary (internal/ingress/annotations/parser/validators.go and those
 * that name them); an empty one is none.
 */
const prefix = "nginx.ingress.kubernetes.io/";
const basic = /^[/\-._~a-zA-Z0-9:]*$/;
const patterns: Readonly<Record<string, RegExp>> = {
  canary: /^(true|false)$/,
  "canary-weight": /^\d+$/,
  "canary-by-header": basic,
  "canary-by-header-value": /^[/\-._~a-zA-Z0-9: ]*$/,
  "canary-by-header-pattern": /^[/\-._~a-zA-Z0-9:^$[\](){}*+?|&=\\]*$/,
  "canary-by-cookie": basic,
  affinity: /^cookie$/,
  "session-cookie-name": basic,
  "session-cookie-max-age": /^-?\d+$/,
};

/** The annotations that ingress-nginx would refuse. */
export function refusedAnnotations(annotations: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(prefix) && value !== "")
    .filter(([key, value]) => typeof value !== "string" || !patterns[key.slice(prefix.length)]?.test(value))
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
}
