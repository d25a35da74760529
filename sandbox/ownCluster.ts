export async function runOnOwnCluster(): Promise<number> { return 1; }
