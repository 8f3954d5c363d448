/** Temporal UI's list of the runs that did not end well, as one link. More of them: docs/temporal-ui.md. */
export function failedRunsUrl(uiUrl: string, namespace: string): string {
  const query = encodeURIComponent("ExecutionStatus IN ('Failed','Terminated','TimedOut')");
  const name = encodeURIComponent('Runs that failed');
  return `${uiUrl}/namespaces/${namespace}/workflows?query=${query}&savedQuery=${name}`;
}
