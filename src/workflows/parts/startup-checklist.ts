import type { StepSystems } from '../../activities/index.ts';
import { failed } from '../../engine/run/failed.ts';

type Systems = Pick<StepSystems, 'lifecycle'>;
type Lines = Awaited<ReturnType<Systems['lifecycle']['checkStartup']>>['lines'];

/** Demands that nothing on the startup checklist keeps the application from starting. Names every line that does. Error: `NotStartable`. */
export async function expectStartable({ lifecycle }: Systems): Promise<string> {
  const { lines } = await lifecycle.checkStartup();
  const bad = lines.filter(({ state }) => state === 'failed');
  if (bad.length === 0) return checklistText(lines);
  const sentences = bad.map(({ line, finding }) => `"${line}" is not so. ${finding}`);
  throw failed('NotStartable', sentences.join('. '));
}

/** For the ledger. */
function checklistText(lines: Lines): string {
  const named = (state: Lines[number]['state']) => lines.filter((one) => one.state === state);
  return [
    ...named('ok').map(({ line, finding }) => `${line}: ${finding}`),
    ...named('unknown').map(({ line, finding }) => `${line}, unknown: ${finding}`),
    ...named('not applicable').map(({ line }) => `${line}: not applicable`),
  ].join('. ');
}
