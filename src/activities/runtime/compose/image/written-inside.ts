import { plainLine } from '../../../../config/text/plain-text.ts';
import type { InspectedContainer } from '../compare/inspected.ts';
import { docker } from '../docker.ts';
import { CHECK_TIMEOUT } from '../project.ts';

export interface WrittenInside {
  readonly count: number;
  /** One of them, fit to be shown. */
  readonly first?: string;
}

/** What is made anew by whoever needs it. */
const PASSING = /^\/(tmp|run|var\/tmp|proc|sys|dev)(\/|$)|\/(__pycache__|\.cache)(\/|$)/;

/** Files that lie in the container alone, and go with it: no mount keeps them. */
export async function writtenInside({ Id, Mounts }: InspectedContainer): Promise<WrittenInside> {
  const text = await docker(['diff', Id], { timeout: CHECK_TIMEOUT });
  const paths = text
    .split('\n')
    .filter((line) => /^[AC] \//.test(line))
    .map((line) => line.slice(2))
    .filter((path) => !PASSING.test(path));
  const mounted = (Mounts ?? []).map(({ Destination }) => Destination);
  // A directory is named with what changed in it, and a mount with where it was put.
  const parents = new Set([...paths, ...mounted].flatMap(parentsOf));
  const files = paths.filter((path) => !parents.has(path) && !mounted.includes(path));
  const [first] = files;
  return { count: files.length, ...(first !== undefined && { first: plainLine(first, 200) }) };
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
}
