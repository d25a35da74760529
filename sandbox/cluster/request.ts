import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Ask {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The certificate to trust; without one a certificate is not checked: everything here is loopback. */
  readonly ca?: string;
  readonly timeoutMs?: number;
}

/** One HTTP request over a connection of its own; rejects when there is no answer in time (default 5 s). */
export function request(
  url: string,
  { method = "GET", body, headers, ca, timeoutMs = 5000 }: Ask = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith("https:") ? httpsRequest : httpRequest;
    const asked = send(
      url,
      { method, headers, agent: false, ca, rejectUnauthorized: ca !== undefined, timeout: timeoutMs },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.once("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
        response.once("error", reject);
      },
    );
    asked.once("timeout", () => asked.destroy(new Error(`${method} ${url}: no answer within ${timeoutMs} ms`)));
    asked.once("error", reject);
    asked.end(body);
  });
}

/** Whether a GET is answered with 200. */
export async function answersOk(url: string, ask: Ask = {}): Promise<boolean> {
  try {
    return (await request(url, { timeoutMs: 1000, ...ask })).status === 200;
  } catch {
    return false;
  }
}
