import { readFile } from 'node:fs/promises';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { buildOf } from '../../config/version.ts';

/** What the bundle's worker says of itself to Temporal. */
export async function bundleBuild(bundle: WorkflowBundleOption): Promise<string> {
  return buildOf('code' in bundle ? bundle.code : await readFile(bundle.codePath));
}
