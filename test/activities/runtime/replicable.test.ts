import { describe, expect, test } from 'vitest';
import {
  expectPorts,
  expectReplicable,
} from '../../../src/activities/runtime/compose/replicas/replicable.ts';
import {
  countIn,
  withCount,
} from '../../../src/activities/runtime/compose/replicas/persist-count.ts';
import type { Target } from '../../../src/config/schema/target.ts';

describe('replicable', () => {
  test.for([
    [['8501-8509:8501'], 9],
    [['127.0.0.1:8501-8503:8501/tcp'], 3],
    [['[::1]:8501-8502:8501'], 2],
    [[{ target: '8501', published: '8501-8504' }], 4],
    [['8501-8509:8501', '9000:9000/udp'], 9],
  ] as const)('is a service with a port for each: %j', ([ports, most]) => {
    const service = { ports: [...ports] } as never;

    expect(() => expectPorts(service, 'app', most)).not.toThrow();
    expect(() => expectPorts(service, 'app', most + 1)).toThrow(`publishes ${most} ports`);
  });

  test.for([
    [{ ports: ['8501'] }, undefined],
    [{ ports: [{ target: '8501' }] }, undefined],
    [{ ports: ['8501:8501'] }, /publishes one port of the host/],
    [{ ports: ['8501-8509:8501', '9001-9009:9000'] }, /publishes 2 ports/],
    [{}, /publishes no port/],
    [{ ports: ['8501-8509:8501'], container_name: 'shop' }, /"container_name"/],
  ] as const)('is not what only one container can have: %j', ([service, why]) => {
    const asked = () => expectPorts(service as never, 'app', 5);

    if (why) expect(asked).toThrow(why);
    else expect(asked).not.toThrow();
  });

  test.for([
    [{ database: { kind: 'sqlite', file: 'a.db' } }, /^SQLite does not support multiple writers/],
    [{ runtime: { kind: 'process' } }, /replicas of a process are not made/],
    [{ runtime: { kind: 'systemd' } }, /replicas of a unit of systemd are not made/],
    [{ proxy: { kind: 'nginx' } }, /add "proxy\.replicas" to its file/],
  ] as const)('is no target without %j', ([change, why]) => {
    const target = {
      name: 'shop',
      runtime: { kind: 'compose', service: 'app' },
      database: { kind: 'postgres', database: 'shop', host: 'h', port: 1 },
      proxy: { replicas: { include: '/x', command: ['nginx'], grace: '1s' } },
      ...change,
    } as unknown as Target;

    expect(() => expectReplicable(target)).toThrow(why);
  });
});

describe('how many', () => {
  const text = '# ours\nservices:\n  app:\n    image: x # keep me\n';

  test('is written where Compose reads it, and every other byte stays', () => {
    expect(withCount({ file: 'c.yml', text, like: 'c.yml' }, 'app', {}, 3)).toBe(
      text.replace('    image', '    scale: 3\n    image'),
    );
  });

  test('is written in both places where one is there, so that Compose 2 takes it', () => {
    const deployed = `${text}    deploy: { replicas: 1 }\n`;

    const written = withCount(
      { file: 'c.yml', text: deployed, like: 'c.yml' },
      'app',
      { deploy: { replicas: 1 } },
      2,
    );

    expect(written).toContain('scale: 2');
    expect(written).toContain('replicas: 2');
  });

  test('is one where nobody has said, and what the long form says where it stands', () => {
    expect([countIn({}), countIn({ scale: 4 }), countIn({ deploy: { replicas: 2 } })]).toEqual([
      1, 4, 2,
    ]);
  });
});
