import { describe, expect, test } from 'vitest';
import { mergeEnv } from '../../../../src/activities/files/env/merge-env.ts';
import { Backups } from '../../../../src/config/schema/backups.ts';

const POLICY = Backups.parse({}).secrets;

interface Options {
  readonly secrets?: 'keep' | 'restore';
  readonly policy?: Partial<typeof POLICY>;
}

/** Texts are UTF-8, or bytes where they are given as such. */
function merged(
  backup: string | Buffer,
  live: string | Buffer,
  { secrets = 'keep', policy = {} }: Options = {},
) {
  const { bytes, ...keys } = mergeEnv({
    path: '.env',
    backup: Buffer.from(backup as string),
    live: Buffer.from(live as string),
    secrets,
    policy: { ...POLICY, ...policy },
  });
  return { text: bytes.toString(), ...keys };
}

function refusal(backup: string | Buffer, live: string | Buffer): string {
  try {
    merged(backup, live);
  } catch (error) {
    expect(error).toMatchObject({ type: 'EnvUnreadable', nonRetryable: true });
    const { message } = error as Error;
    expect(message).not.toMatch(/hush/);
    return message.split(': ')[1]!.split('. Put that right')[0]!;
  }
  throw new Error('Nothing was refused');
}

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
    const backup = 'TOKEN=old\r\n\r\nA="open\n# end';

    expect(merged(backup, 'TOKEN=new\nMORE=1\n', { secrets: 'restore' })).toEqual({
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

  test('keeps each of the assignments of a secret that has several, in their order', () => {
    expect(merged('KEY=a\nLEVEL=1\nKEY=b\n', 'KEY=x\nKEY=y\n').text).toBe(
      'KEY=x\nLEVEL=1\nKEY=y\n',
    );
    expect(merged('KEY=a\nLEVEL=1\n', 'KEY=x\nKEY=y\n').text).toBe('KEY=x\nKEY=y\nLEVEL=1\n');
    expect(merged('KEY=a\nLEVEL=1\nKEY=b', 'KEY=x\n').text).toBe('KEY=x\nLEVEL=1');
  });

  test.each([
    ['a hash within', 'DB_PASSWORD=spring#2025', 'DB_PASSWORD=spring#2026'],
    ['a hash before', 'DB_PASSWORD=#old', 'DB_PASSWORD=#new'],
    ['a hash after a space', 'DB_PASSWORD=x #old', 'DB_PASSWORD=x #new'],
    ['a colon', 'API_KEY: old', 'API_KEY: new'],
    ['a colon, in the live file only', 'API_KEY=old', 'API_KEY : new'],
    ['spaces and a comment', 'export  DB_PASS = "old" # was', 'export  DB_PASS = "new" # is'],
    ['an escaped quote', String.raw`PASS="a\"old"`, String.raw`PASS="a\"new"`],
    ['a backslash', String.raw`PASS='C:\old'`, String.raw`PASS='C:\new'`],
    ['a carriage return', 'TOKEN=old\r', 'TOKEN=new\r'],
    ['a name beyond ASCII', 'CLÉ_TOKEN=old', 'CLÉ_TOKEN=new'],
    ['a dollar sign', 'PASS=old$x', 'PASS=new$1'],
    ['an equals sign', 'TOKEN=abc==', 'TOKEN=abd=='],
    ['other quotes', `PASS='new'`, `PASS="new"`],
    ['a mere comment', 'PASS=new', 'PASS=new # since May'],
  ])('keeps the bytes of a live secret with %s', (_, backup, live) => {
    const { text, kept } = merged(`A=1\n${backup}\nB=1\n`, `A=2\n${live}\nB=2\n`);

    expect(text).toBe(`A=1\n${live}\nB=1\n`);
    expect(kept).toHaveLength(1);
  });

  test('keeps bytes that are no UTF-8', () => {
    const live = Buffer.from('PASS=gr\u00FCn\n', 'latin1');
    const { policy, path } = { policy: POLICY, path: '.env' };

    const { bytes } = mergeEnv({
      path,
      backup: Buffer.from('PASS=rot\n# x\n'),
      live,
      secrets: 'keep',
      policy,
    });

    expect(bytes).toEqual(Buffer.concat([live, Buffer.from('# x\n')]));
    expect(refusal(Buffer.from('X_TOKEN=1\nL=\u00FC\n', 'latin1'), 'X_TOKEN=2\n')).toBe(
      'line 2 of the file of the backup is no UTF-8, and the live file is',
    );
  });

  test('refuses what would make Compose 2 refuse the whole file, unless it does so now', () => {
    const why =
      'line 2 of the file of the backup has a dollar sign for which Compose 2 may refuse the whole file';

    expect(refusal('TOKEN=1\nL=a$\n', 'TOKEN=2\nL=b\n')).toBe(why);
    expect(refusal('TOKEN=1\nL=${A\n', "TOKEN='$'\nL=b\n")).toBe(why);
    expect(merged('TOKEN=1\nL=a$\n', 'TOKEN=a$1\nL=b\n').text).toBe('TOKEN=a$1\nL=a$\n');
    expect(merged('TOKEN=1\nL=${A:-b}$$\n', 'TOKEN=2\nL=b\n').restored).toEqual(['L']);
  });

  test('keeps a byte order mark as it is live, and no name beside it that was not', () => {
    expect(merged('LEVEL=1\nTOKEN=old\n', '\uFEFFTOKEN=new\n').text).toBe(
      '\uFEFF\nLEVEL=1\nTOKEN=new\n',
    );
    expect(merged('\uFEFFTOKEN=new\nLEVEL=1\n', 'TOKEN=new\nLEVEL=2\n').text).toBe(
      'TOKEN=new\nLEVEL=1\n',
    );
  });

  test('keeps what a live secret refers to', () => {
    const backup = 'DB_USER=then\nDB_PASSWORD=then\nURL=postgres://${DB_USER}:${DB_PASSWORD}@db\n';
    const live = backup.replaceAll('then', 'now');

    expect(merged(`LEVEL=1\n${backup}`, `LEVEL=2\n${live}`)).toMatchObject({
      text: `LEVEL=1\n${live}`,
      kept: ['DB_PASSWORD', 'DB_USER'],
    });
    expect(merged('U=then\nURL=http://${U}:p@x\n', 'U=\nURL=http://${U}:p@x\n').kept).toEqual([
      'U',
    ]);
    expect(merged('U=then\nT="$U" "\n', 'U=now\nT="$U" "\n').kept).toEqual(['U']);
    expect(refusal('URL=http://${U}:p@x\nU=a\n', 'U=a\nURL=http://${U}:p@x\n')).toBe(
      'line 2 of the live file refers to what the backup has at another place, or otherwise',
    );
  });

  test.each([
    ['an open quote', 'A="open', 'has a quote that does not close'],
    ['two backslashes before a quote', String.raw`A="x\\"`, 'has a backslash before a quote'],
    ['a word', 'hush', 'is no assignment that every reader takes for one'],
    ['two names', 'A_TOKEN B=hush', 'is no assignment that every reader takes for one'],
    ['a last backslash', 'A=hush\\', 'ends with a backslash, as if it went on'],
    ['a comment that goes on', '# hush\\', 'is a comment that ends with a backslash'],
    ['more after a quote', 'A="hush" B="hush"', 'goes on after its closing quote'],
    ['a NUL byte', 'A=hush\0', 'has a NUL byte, as UTF-16 has'],
    ['a carriage return within', 'A=1\rTOKEN=hush', 'has a carriage return within'],
    ['a quote first', '"A"=hush', 'begins with a quote'],
    // Compose 1.29 takes it for a name without a value, and refuses the file.
    ['a comment after a colon', 'TOKEN: # x', 'is no assignment that every reader takes for one'],
    ['no value after a colon', 'TOKEN:', 'is no assignment that every reader takes for one'],
  ])('refuses a line with %s in one of the files, by its number', (_, line, why) => {
    const other = 'X_TOKEN=hush\nLEVEL=1\n';

    expect(refusal(other, `X_TOKEN=1\n\n${line}\n`)).toBe(`in the live file, line 3 ${why}`);
    expect(refusal(`X_TOKEN=1\n\n${line}\n`, other)).toBe(
      `in the file of the backup, line 3 ${why}`,
    );
    expect(merged(`X_TOKEN=1\n${line}\n`, `X_TOKEN=2\n${line}\n`).text).toBe(
      `X_TOKEN=2\n${line}\n`,
    );
  });

  test('refuses an unclear line that names what changes its place, or comes', () => {
    const unclear = '; API_TOKEN=x';

    expect(merged(`API_TOKEN=1\n${unclear}\n`, `API_TOKEN=2\n${unclear}\n`).kept).toHaveLength(1);
    expect(refusal(`API_TOKEN=1\n${unclear}\n`, `${unclear}\nAPI_TOKEN=2\n`)).toBe(
      'in the live file, line 1 is no assignment that every reader takes for one, and names what the backup has at another place',
    );
    expect(refusal(`${unclear}\nAPI_TOKEN=1\n`, `${unclear}\n`)).toMatch(/at another place$/);
    expect(refusal('\u00A0CLÉ_KEY=1\nCLÉ_KEY=2\n', '\u00A0CLÉ_KEY=1\n')).toMatch(/another place$/);
    expect(merged(`${unclear}\nTOKEN=1\n`, `${unclear}\n`).restored).toEqual(['TOKEN']);
  });

  test('brings the whole file back where the live one holds nothing', () => {
    const backup = 'TOKEN=old\nA="open\n';

    expect(merged(backup, '').text).toBe(backup);
    expect(merged(backup, '\0\0\0\0').text).toBe(backup);
    expect(merged(backup, '# TOKEN=1\nTOKEN=""\n').text).toBe(backup);
  });

  test('puts nothing behind a quote that is open', () => {
    expect(merged('T=1\nA="open\n', 'T=2\nNEW_TOKEN=x\nA="open\n').text).toBe(
      'T=1\nNEW_TOKEN=x\nA="open\n',
    );
  });

  test('takes the policy of the target for secrets', () => {
    const [backup, live] = ['QUIRK=1\nKEYBOARD=de\n', 'QUIRK=2\nKEYBOARD=us\n'];

    expect(merged(backup, live).kept).toEqual(['KEYBOARD']);
    expect(
      merged(backup, live, { policy: { keys: ['*quirk'], notKeys: ['keyboard'] } }).kept,
    ).toEqual(['QUIRK']);
  });
});
