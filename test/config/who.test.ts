import { describe, expect, test } from 'vitest';
import { identityText, saidByIdentity } from '../../src/config/border/identity-text.ts';
import { whoFrom } from '../../src/config/border/who.ts';
import { approversOf } from '../../src/config/schema/people.ts';
import { whoText } from '../../src/config/text/who-text.ts';
import { isSame, personOf, refusalOf } from '../../src/engine/people/may-answer.ts';

const ana = { user: 'ana', host: 'db1' };
const root = { user: 'root', host: 'db1', sudo: 'ana' };

describe('whoFrom', () => {
  test.for([
    [{ by: 'ana@db1', login: ana }, { closed: true }, 'ana@db1 (login)'],
    [{ by: 'ops', login: root }, { closed: true }, 'ana@db1 (login, root by sudo) for "ops"'],
    [{ by: 'ops', login: ana }, { closed: false }, 'ops (unproven, login ana@db1)'],
    [{ by: 'ops' }, { closed: true }, 'ops (unproven)'],
    [{ by: 'ops', via: 'link' }, { closed: true }, 'ops (link)'],
    [{ by: 'ops', via: 'link' }, { closed: false }, 'ops (unproven)'],
    [
      { by: 'root@forged', login: root },
      { closed: true, principal: 'ben' },
      'ben (principal) for "root@forged"',
    ],
  ] as const)('%o, %o: %s', ([said, proof, text]) => {
    expect(whoText(whoFrom(said, proof))).toBe(text);
  });
});

describe('identityText', () => {
  test.for([
    { by: 'ana@db1', login: ana },
    { by: 'ops, at night', login: ana },
    { by: 'ops', login: root },
    { by: 'ana@corp@db1', login: { user: 'ana@corp', host: 'db1' } },
    { by: 'a name of one word' },
  ])('is read again as it was said: %o', (said) => {
    expect(saidByIdentity(identityText(said))).toEqual(said);
  });
});

describe('an approver', () => {
  const people = approversOf(['operations', 'dba'], {
    operations: { members: ['Ana', 'ben', 'Carl'], logins: { Ana: ['ana@db1', 'ana@corp'] } },
    dba: { members: [], logins: ['dora'] },
  });
  const login = (user: string, host = 'db1') =>
    whoFrom({ by: 'x', login: { user, host } }, { closed: true });
  const principal = (name: string) => whoFrom({ by: 'x' }, { closed: false, principal: name });

  test.for([
    [login('ana'), 'Ana'],
    [login('ana', 'db2'), 'ana@db2'],
    [login('ben', 'anywhere'), 'ben'],
    [login('dora'), 'dba'],
    [login('ben@evil'), 'ben@evil@db1'],
    [principal('ana@corp'), 'Ana'],
    // A login may be said without its host; a principal is one word.
    [principal('ben@evil'), 'ben@evil'],
    [whoFrom({ by: 'Ana' }, { closed: false }), 'Ana'],
  ] as const)('is found by principal or login: %o is %s', ([who, person]) => {
    expect(personOf(who, people)).toBe(person);
  });

  test('is another person than who started it, under every name and login', () => {
    expect(isSame(login('ana'), principal('ana@corp'), people)).toBe(true);
    expect(isSame(login('ana'), login('ben'), people)).toBe(false);
    const said = (by: string) => whoFrom({ by, login: ana }, { closed: false });
    expect(isSame(said('one'), said('another'), people)).toBe(true);
  });

  test('that is unproven counts only where the target says so', () => {
    const who = whoFrom({ by: 'Ana' }, { closed: false });

    expect(refusalOf(who, { who: [], people, unproven: 'allow' })).toBeUndefined();
    expect(refusalOf(who, { who: [], people, unproven: 'refuse' })).toContain('is unproven');
    expect(refusalOf(who, { who: [], people })).toContain('is unproven');
    expect(refusalOf(login('eve'), { who: [], people })).toBe(
      'eve@db1 (login) for "x" may not answer for this target: Ana, ben, Carl, dba may',
    );
  });
});
