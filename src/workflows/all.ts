/** What a worker serves: the catalogue, and the workflows behind it that nobody starts by hand. */
export * from './index.ts';
export { bundle } from './bundle.ts';
export { deadMan as 'dead-man' } from './dead-man.ts';
export { incident } from './incident.ts';
export { incidentReview as 'incident-review' } from './incident-review.ts';
export { suppression } from './suppression.ts';
