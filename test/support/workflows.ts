/** What the tests' workers serve: the catalogue, and runbooks to practise the engine's powers on. */
export * from '../../src/workflows/all.ts';
export { choring, courteous, parent, practice, windowed } from './practice.ts';
export { modest, patient, pushing, rescuing, urgent } from './contenders.ts';
export { calling, lying } from './lying.ts';
