import { resolve } from 'node:path';
import type { Page } from '../page.ts';
import { quoted } from '../../../config/text/quoted.ts';

export const logRotation: Page = {
  parts: ({ logs, directory }) => {
    const ours = logs.filter(({ rotate }) => rotate && rotate.by !== 'application');
    if (ours.length === 0)
      return [{ say: 'There is none to rotate: the application does so itself' }];
    return ours.flatMap(({ file, rotate }) => {
      const path = quoted(resolve(directory, file));
      const tell = rotate!.reopen
        ? `Then tell the application to open it anew, by ${rotate!.reopen.signal}`
        : rotate!.by === 'copytruncate'
          ? 'The application keeps it open: only log-rotation cuts it without losing lines'
          : 'Then see that the application writes to the new file, not to the old one';
      const move = `mv -n ${path} ${path}."$(date -u +%Y%m%d_%H%M%S)"`;
      return [
        {
          say: `${file}. ${tell}`,
          type: rotate!.by === 'copytruncate' ? [`ls -l ${path}`] : [move],
        },
      ];
    });
  },
};
