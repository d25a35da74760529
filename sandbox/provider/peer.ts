import { readFileSync } from "node:fs";

/**
 * Whether a connection comes from a process of this same user, as the kernel's table of TCP sockets says: any user of
 * the machine reaches a port of the loopback interface. `peer` is the address and port that the connection comes from.
 */
export function isSameUser(peer: string, port: number, table = () => readFileSync("/proc/net/tcp", "utf8")): boolean {
  return userOf(peer, port, table()) === process.getuid?.();
}

/** The user id of the process that is connected to a port of the loopback interface; undefined where none is. */
export function userOf(peer: string, port: number, table: string): number | undefined {
  const [, from = ""] = /^127\.0\.0\.1:(\d+)$/.exec(peer) ?? [];
  const [local, remote] = [inTable(Number(from)), inTable(port)];
  const rows = table.split("\n").map((line) => line.trim().split(/\s+/));
  const uid = rows.find(([, client, server]) => client === local && server === remote)?.[7];
  return uid === undefined ? undefined : Number(uid);
}

/** A port of 127.0.0.1 as the table writes it. */
const inTable = (port: number) => `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
