import * as settings from "@pulumi/pulumi/runtime/settings";

/**
 * For clients of engines that come and go: gRPC keeps the connections of all clients of a process together, and where
 * an engine listens on the port of an earlier one, it takes the new connection for the broken one ("No connection
 * established. Last error: null").
 */
export const freshConnection = { "grpc.use_local_subchannel_pool": 1 } as const;

/** Pulumi marks the options of its clients as internal, and offers no other way to set them. */
const { grpcClientOptions } = settings as unknown as { readonly grpcClientOptions: object };

/** For inline programs, whose clients are Pulumi's own. */
export function useFreshConnections(): void {
  Object.assign(grpcClientOptions, freshConnection);
}
