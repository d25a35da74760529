import { ApiException } from "@kubernetes/client-node";
import type { Steering } from "../manifests/controllers/controller";

/** The cluster cannot be asked, or not for this. */
export class CannotAsk extends Error {
  override readonly name: string = "CannotAsk";
}

/** The API server did not answer this time, or not sensibly; the next time it may. */
export class Unreachable extends CannotAsk {
  override readonly name = "Unreachable";
}

/** The object, or its kind, does not exist in the cluster. */
export class NotThere extends CannotAsk {
  override readonly name = "NotThere";
}

/**
 * What a failed request for an object ("Rollout shop in namespace demo") means, in words; an `Unreachable` if another
 * try may mend it.
 */
export function explained(
  error: unknown,
  what: string,
  server: string,
  controller: Pick<Steering, "title" | "object">,
): Error {
  if (error instanceof Unreachable) return error;
  if (error instanceof ApiException) return answered(error as ApiException<unknown>, what, server, controller);
  const reasons = causes(error);
  const text = reasons
    .map(({ message }) => message)
    .filter((message) => message !== "")
    .join(": ");
  const codes = reasons.map(({ code }) => code ?? "");
  if (codes.some((code) => /CERT|TLS|SSL|SIGNATURE|ALTNAME/.test(code))) {
    return new CannotAsk(
      `The API server ${server} is not trusted: ${text}. Check the kubeconfig's certificate-authority.`,
      { cause: error },
    );
  }
  const passing = text.includes("fetch failed") || codes.some((code) => /^(E[A-Z]+|UND_ERR_\w+)$/.test(code));
  return passing
    ? new Unreachable(`the API server ${server} does not answer: ${text}`, { cause: error })
    : new CannotAsk(`${what} could not be read from ${server}: ${text}`, { cause: error });
}

function answered(
  error: ApiException<unknown>,
  what: string,
  server: string,
  controller: Pick<Steering, "title" | "object">,
): Error {
  const body = typeof error.body === "string" ? error.body : JSON.stringify(error.body ?? "");
  const status = statusOf(body);
  const said = status?.message ?? body;
  switch (error.code) {
    case 401:
      return new CannotAsk(
        `The API server ${server} does not accept these credentials (401). Renew the kubeconfig's user, or name another context.`,
      );
    case 403:
      return new CannotAsk(`Reading ${what} is not allowed (403): ${said}. Let this user get and list it.`);
    case 404:
      // The path of a kind that is not installed is answered without a name.
      return status?.details?.name === undefined
        ? new NotThere(
            `The cluster ${server} has no ${controller.title}: it does not know the kinds of ${controller.object.apiVersion}. Install the controller with its CRDs.`,
          )
        : new NotThere(
            `${what} is not there (404): ${said}. Check namespace and context, or whether somebody deleted it.`,
          );
    default:
      return error.code === 429 || error.code >= 500
        ? new Unreachable(`the API server ${server} answers ${error.code}: ${said}`)
        : new CannotAsk(`The API server ${server} refuses to show ${what} (${error.code}): ${said}`);
  }
}

interface Status {
  readonly message?: string;
  readonly details?: { readonly name?: string };
}

function statusOf(body: string): Status | undefined {
  try {
    const parsed = JSON.parse(body) as (Status & { readonly kind?: string }) | null;
    return parsed?.kind === "Status" ? parsed : undefined;
  } catch {
    return undefined;
  }
}

interface Cause {
  readonly message: string;
  readonly code?: string;
}

/** The error and what caused it, outermost first. */
function causes(error: unknown): readonly Cause[] {
  if (!(error instanceof Error)) return [{ message: String(error) }];
  const { message, code } = error as Error & { code?: string };
  const own = code === undefined ? { message } : { message, code };
  return error.cause === undefined ? [own] : [own, ...causes(error.cause)];
}
