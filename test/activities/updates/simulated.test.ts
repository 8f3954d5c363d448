import { describe, expect, test } from 'vitest';
import { fingerprintOfPlan } from '../../../src/activities/updates/packages/plan.ts';
import { isCore, readSimulation } from '../../../src/activities/updates/packages/simulated.ts';

/** As apt 2.6 prints it. */
const TEXT = `Reading package lists...
Inst libssl3 [3.0.15-1~deb12u1] (3.0.17-1~deb12u2 Debian-Security:12/stable-security [amd64]) []
Inst base-files [12.4+deb12u11] (12.4+deb12u12 Debian:12.12/stable [amd64])
Inst curl:i386 [7.88.1-10] (7.88.1-11 Debian:12.12/stable, Debian-Security:12/stable-security [i386])
Inst linux-image-6.1.0-41-amd64 (6.1.158-1 Debian-Security:12/stable-security [amd64])
Inst bash [5.1-6] (5.1-6ubuntu1.1 Ubuntu:22.04/jammy-security [amd64])
Remv obsolete [1.0]
Conf libssl3 (3.0.17-1~deb12u2 Debian-Security:12/stable-security [amd64])
`;

describe('readSimulation', () => {
  test('tells versions, what is new, what would be removed, and which is of a security archive', () => {
    const read = readSimulation(TEXT);

    expect(read).toEqual({
      changes: [
        {
          name: 'libssl3',
          architecture: 'amd64',
          from: '3.0.15-1~deb12u1',
          to: '3.0.17-1~deb12u2',
          isSecurity: true,
        },
        {
          name: 'base-files',
          architecture: 'amd64',
          from: '12.4+deb12u11',
          to: '12.4+deb12u12',
          isSecurity: false,
        },
        {
          name: 'curl',
          architecture: 'i386',
          from: '7.88.1-10',
          to: '7.88.1-11',
          isSecurity: true,
        },
        {
          name: 'linux-image-6.1.0-41-amd64',
          architecture: 'amd64',
          to: '6.1.158-1',
          isSecurity: true,
        },
        {
          name: 'bash',
          architecture: 'amd64',
          from: '5.1-6',
          to: '5.1-6ubuntu1.1',
          isSecurity: true,
        },
      ],
      removed: ['obsolete'],
    });
  });

  test('guesses nothing of a line that it cannot read', () => {
    const line = 'Inst libssl3 of some later apt';

    expect(readSimulation(`${TEXT}${line}\n`)).toEqual({ unreadable: line });
  });

  test('takes no package for one of security because of its version', () => {
    const text = 'Inst x-security [1] (2-security Debian:12.12/stable [all])';

    expect(readSimulation(text)).toMatchObject({ changes: [{ isSecurity: false }] });
  });
});

describe('isCore', () => {
  test('is what Docker and systemd are of, and nothing else', () => {
    const core = [
      'docker.io',
      'docker-ce-cli',
      'containerd.io',
      'runc',
      'systemd',
      'libsystemd0',
      'udev',
      'dbus',
    ];
    const others = [
      'openssl',
      'python3-docker',
      'systemd-ish'.replace('-ish', 'x'),
      'libc6',
      'dbusx',
    ];

    expect([core.filter(isCore), others.filter(isCore)]).toEqual([core, []]);
  });
});

describe('fingerprintOfPlan', () => {
  const one = { name: 'a', architecture: 'all', from: '1', to: '2' };
  const other = { name: 'b', architecture: 'all', to: '2' };

  test('is the same for a list in another order, and another one for each other version', () => {
    const plan = { ordinary: [one, other], core: [] };

    expect(fingerprintOfPlan({ ordinary: [other, one], core: [] })).toBe(fingerprintOfPlan(plan));
    for (const changed of [
      { ordinary: [{ ...one, to: '3' }, other], core: [] },
      { ordinary: [{ ...one, from: '0' }, other], core: [] },
      { ordinary: [one], core: [other] },
    ])
      expect(fingerprintOfPlan(changed)).not.toBe(fingerprintOfPlan(plan));
  });
});
