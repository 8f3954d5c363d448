/** Temporal UI's list of the runs that did not end well. More of them: docs/temporal-ui.md. */
export function failedRunsPath(namespace: string): string {
  const query = encodeURIComponent("ExecutionStatus IN ('Failed','Terminated','TimedOut')");
  const name = encodeURIComponent('Runs that failed');
  return `/namespaces/${namespace}/workflows?query=${query}&savedQuery=${name}`;
}

/** Where Temporal UI shows one run. */
export function runPath(namespace: string, run: string, runId: string): string {
  return `/namespaces/${namespace}/workflows/${encodeURIComponent(run)}/${runId}/history`;
}
