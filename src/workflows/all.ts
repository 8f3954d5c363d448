/** What a worker serves: the catalogue, and the workflows behind it that nobody starts by hand. */
export * from './index.ts';
export { afterIncident as 'after-incident' } from './standing/after-incident.ts';
export { bundle } from './standing/bundle.ts';
export { deadMan as 'dead-man' } from './standing/dead-man.ts';
export { incident } from './standing/incident.ts';
export { incidentReview as 'incident-review' } from './standing/incident-review.ts';
export { serving } from './standing/serving.ts';
export { silences } from './standing/silences.ts';
export { suppression } from './standing/suppression.ts';
