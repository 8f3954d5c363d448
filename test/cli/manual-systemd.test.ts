import { execFileSync } from 'node:child_process';
import { describe, expect } from 'vitest';
import { manualMarkdown, manualOf } from '../../src/cli/manual/manual-of.ts';
import { catalogue } from '../../src/client/catalogue.ts';
import { targetIn, test } from '../support/target.ts';

describe('the manual of a unit of systemd', () => {
  test('has commands that a shell can read, of systemd alone', ({ directory }) => {
    const target = targetIn(directory, { runtime: { kind: 'systemd', unit: 'shop@1.service' } });

    const pages = manualOf(target, [...catalogue]);
    const text = manualMarkdown(target, pages);

    for (const { parts } of pages) {
      // What a person has to fill in.
      const script = parts.flatMap(({ type = [] }) => type).join('\n');
      execFileSync('sh', ['-n'], { input: script.replaceAll(/<[a-z ]+>/g, 'x') });
    }
    expect(text).toContain("systemctl stop -- 'shop@1.service'");
    expect(text).toContain("journalctl --no-pager -n 50 -u 'shop@1.service'");
    expect(text).toContain("systemctl set-property -- 'shop@1.service'");
    expect(text).not.toMatch(/docker|undefined|RUNBOOK_PROCESS/);
  });
});
