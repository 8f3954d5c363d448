import { stripVTControlCharacters } from 'node:util';
import { createLogUpdate } from 'log-update';
import { cellsOf } from '../../report/cells.ts';
import { type FollowedRun, ledgerScreen, type Screen } from '../../report/ledger/ledger-screen.ts';

export interface InPlace {
  show(run: FollowedRun): void;
  /** Leaves the last picture standing, or nothing of it. */
  end(leaves: 'picture' | 'nothing'): void;
}

/** Shows a run on a terminal, always in the same place, whatever size the terminal has or gets. */
export function openInPlace(screen: Screen): InPlace {
  const update = createLogUpdate(screen);
  let last: FollowedRun | undefined;
  let lines: readonly string[] = [];
  const draw = (): void => {
    if (!last) return;
    lines = ledgerScreen(last, screen, Date.now());
    update(lines.join('\n'));
  };
  // A terminal that gets narrower wraps what stands there already: log-update takes away only its own rows.
  const redraw = (): void => {
    const width = (line: string) => cellsOf(stripVTControlCharacters(line));
    const wrapped = lines.map((line) => Math.max(Math.ceil(width(line) / screen.columns) - 1, 0));
    const extra = wrapped.reduce((sum, rows) => sum + rows, 0);
    update.clear();
    if (extra > 0) screen.write(`\u001B[${extra}A\u001B[J`);
    draw();
  };
  screen.on('resize', redraw);

  return {
    show(run) {
      last = run;
      draw();
    },
    end(leaves) {
      screen.off('resize', redraw);
      if (leaves === 'nothing') update.clear();
      update.done();
    },
  };
}
