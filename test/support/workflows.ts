/** What the tests' workers serve: the catalogue, and a runbook to practise the engine's powers on. */
export * from '../../src/workflows/index.ts';
export { practice } from './practice.ts';
