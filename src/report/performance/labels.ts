/** What a series is called before people. Those of which there are several bear their place. */
const labels: Readonly<Record<string, string>> = {
  'response.p50': 'Response time, median of each sample',
  'response.p95': 'Response time, slowest of each sample',
  'response.failures': 'Failed answers',
  'memory.host': 'Memory of the host',
  'memory.container': "Memory, of the container's limit",
  'memory.application': 'Memory of the application',
  'cpu.host': 'CPU of the host',
  'database.size': 'Database',
  'database.log': 'Write-ahead log',
  'data.query': 'Query time',
  'database.writeLock': "Time in which the database's write lock is taken",
  'redis.hitRatio': 'Cache hit ratio',
  'redis.memory': 'Memory of the cache',
  'app.users': 'Connections',
  'network.bytes': 'Network',
};

export function labelOf(name: string): string {
  return labels[name] ?? name.replace(/^disk\.used /, 'Disk of ');
}

/** In the order in which they are told. */
export const inOrder: readonly string[] = Object.keys(labels);
