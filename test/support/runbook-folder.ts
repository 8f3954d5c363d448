import { existsSync } from 'node:fs';
import type { Example } from '../faults/example.ts';
import type { Story } from '../replay/story.ts';

const FOLDERS = new URL('../runbooks/', import.meta.url);

/** A file in the folder of a runbook's own, `test/runbooks/<name>/`, whether it is there or not. */
export function inFolderOf(runbook: string, file: string): URL {
  return new URL(`${runbook}/${file}`, FOLDERS);
}

/** The example world of a runbook. Missing: it has none, as what only reads. */
export async function exampleOf(runbook: string): Promise<Example | undefined> {
  return (await importFrom<{ example?: Example }>(runbook, 'example.ts'))?.example;
}

/** More worlds of a runbook that acts in several ways, by their titles: each has a table of its own in its matrix. */
export async function otherExamplesOf(runbook: string): Promise<Readonly<Record<string, Example>>> {
  const module = await importFrom<{ others?: Readonly<Record<string, Example>> }>(
    runbook,
    'example.ts',
  );
  return module?.others ?? {};
}

/** How the histories of a runbook are recorded. */
export async function storiesOf(runbook: string): Promise<readonly Story[]> {
  return (await importFrom<{ stories?: readonly Story[] }>(runbook, 'stories.ts'))?.stories ?? [];
}

async function importFrom<Module>(runbook: string, file: string): Promise<Module | undefined> {
  const place = inFolderOf(runbook, file);
  return existsSync(place) ? ((await import(place.href)) as Module) : undefined;
}
