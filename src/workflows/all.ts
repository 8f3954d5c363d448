/** What a worker serves: the catalogue, and the workflows behind it that nobody starts by hand. */
export * from './index.ts';
export { incident } from './incident.ts';
export { suppression } from './suppression.ts';
