import { describe, expect, test } from 'vitest';
import { isEnv, mergeEnv } from '../../../src/activities/files/draft/env.ts';

const merged = (backup: string, live: string, secrets: 'keep' | 'restore' = 'keep') =>
  mergeEnv('.env', backup, live, secrets);

describe('mergeEnv', () => {
  test('keeps live secrets by name and by value, and restores all else', () => {
    const backup =
      '# shop\nexport API_KEY=old # rotated yearly\nLEVEL=info\nURL=http://x\nCACHE=a\n';
    const live = 'API_KEY=new\nLEVEL=debug\nURL=http://me:pass@x\nCACHE=b\n';

    expect(merged(backup, live)).toEqual({
      text: '# shop\nAPI_KEY=new\nLEVEL=info\nURL=http://me:pass@x\nCACHE=a\n',
      kept: ['API_KEY', 'URL'],
      restored: ['CACHE', 'LEVEL'],
      removed: [],
    });
  });

  test('keeps a key that the backup does not know, and brings back one that is gone or empty', () => {
    expect(merged('A_TOKEN=1\nB_TOKEN=2', 'B_TOKEN=\nFEATURE=on\n')).toEqual({
      text: 'A_TOKEN=1\nB_TOKEN=2\nFEATURE=on\n',
      kept: ['FEATURE'],
      restored: ['A_TOKEN', 'B_TOKEN'],
      removed: [],
    });
  });

  test('is the file of the backup, byte for byte, when secrets are restored', () => {
    const backup = 'TOKEN=old\r\n\r\n# end';

    expect(merged(backup, 'TOKEN=new\nMORE=1\n', 'restore')).toEqual({
      text: backup,
      kept: [],
      restored: ['TOKEN'],
      removed: ['MORE'],
    });
  });

  test('takes a value over several lines as one', () => {
    const key = 'PRIVATE_KEY="-----BEGIN\nLEVEL=not an assignment\n-----END"';

    const { text } = merged('PRIVATE_KEY="old\nkey"\nLEVEL=info\n', `${key}\nLEVEL=debug\n`);

    expect(text).toBe(`${key}\nLEVEL=info\n`);
  });

  test('takes the last of a key that stands twice, as its readers do', () => {
    expect(merged('KEY=a\nKEY=b\n', 'KEY=x\nKEY=y\n').text).toBe('KEY=y\nKEY=y\n');
  });

  test('is refused, without a value, when the two cannot be brought together', () => {
    // An open quote would swallow what comes after it.
    const attempt = () => merged('A="open\nTOKEN=old\n', 'TOKEN=hush"\nA=1\n');

    expect(attempt).toThrow(
      expect.objectContaining({
        type: 'EnvUnreadable',
        message: expect.not.stringContaining('hush'),
      }),
    );
  });

  test('is for files of that name only', () => {
    expect(['.env', '.env.local', 'app.env', 'conf/.env'].every(isEnv)).toBe(true);
    expect(['environment', '.envrc', 'x.env.txt'].some(isEnv)).toBe(false);
  });
});
