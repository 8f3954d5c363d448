import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { searchAttributes } from '../../engine/run/search-attributes.ts';
import { isUntold } from '../../incident/escalation.ts';
import { incidentTable } from './incident-table.ts';
import type { Incident } from '../../incident/incident.ts';

/** Shows an incident in Temporal's UI, and where Temporal is searched and watched. */
export function openShow(): (now: Incident) => void {
  let shown = '';

  return show;

  function show(now: Incident): void {
    setCurrentDetails(incidentTable(now));
    const { target, severity, findable } = now;
    // Where Temporal is watched, it is seen that nobody hears of it.
    const state = isUntold(now) ? 'untold' : now.state;
    const seen = `${severity} ${state}`;
    if (!findable || seen === shown) return;
    shown = seen;
    upsertSearchAttributes([
      { key: searchAttributes.target, value: target },
      { key: searchAttributes.family, value: 'incident' },
      { key: searchAttributes.severity, value: severity },
      { key: searchAttributes.state, value: state },
    ]);
  }
}
