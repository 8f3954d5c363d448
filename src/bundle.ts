import { writeFileSync } from 'node:fs';
import { bundleWorkflows } from './worker.ts';

/** Run once by the build: the workflows as one file, so that a worker of the built package starts at once. */
const bundle = await bundleWorkflows();
if ('code' in bundle) writeFileSync(new URL('workflow-bundle.js', import.meta.url), bundle.code);
