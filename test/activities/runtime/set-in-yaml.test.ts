import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { setInYaml } from '../../../src/activities/runtime/compose/limits/set-in-yaml.ts';

const PATH = ['services', 'app', 'mem_limit'];

describe('setInYaml', () => {
  for (const [what, before, after] of [
    ['nothing', '', '"services": { "app": { "mem_limit": "4g" } }\n'],
    ['a comment alone', '# ours\n', '# ours\n"services": { "app": { "mem_limit": "4g" } }\n'],
    [
      'a value that is there, whose comment stays',
      'services:\n  app:\n    image: x # y\n    mem_limit: 1g # old\n',
      'services:\n  app:\n    image: x # y\n    mem_limit: "4g" # old\n',
    ],
    [
      'a service without it',
      'services:\n  app:\n    # keep\n    image: x\n  b: {}\n',
      'services:\n  app:\n    # keep\n    mem_limit: "4g"\n    image: x\n  b: {}\n',
    ],
    [
      'a service without anything',
      'services:\n  app:\n',
      'services:\n  app: { "mem_limit": "4g" }\n',
    ],
    [
      'another service alone',
      'services:\n    b: {}\n',
      'services:\n    app: { "mem_limit": "4g" }\n    b: {}\n',
    ],
    [
      'JSON, which stays so',
      '{"services": {"app": {"image": "x"}}}',
      '{"services": {"app": {"mem_limit": "4g", "image": "x"}}}',
    ],
    [
      'a service that takes from an anchor, which stays as it is',
      'x: &a\n  image: y\nservices:\n  app:\n    <<: *a\n',
      'x: &a\n  image: y\nservices:\n  app:\n    mem_limit: "4g"\n    <<: *a\n',
    ],
    [
      'lines that end as on Windows',
      'services:\r\n  app:\r\n    mem_limit: 1g\r\n',
      'services:\r\n  app:\r\n    mem_limit: "4g"\r\n',
    ],
  ] as const)
    test(`changes no other byte of ${what}`, () => {
      const edited = setInYaml(before, PATH, '4g');

      expect(edited).toBe(after);
      expect(setInYaml(edited!, PATH, '4g')).toBe(edited);
    });

  test('makes what a deep path lacks', () => {
    const text = 'services:\n  app:\n    deploy:\n      replicas: 1\n';

    const edited = setInYaml(text, ['services', 'app', 'deploy', 'resources', 'limits', 'cpus'], 2);

    expect(parse(edited!).services.app.deploy).toEqual({
      replicas: 1,
      resources: { limits: { cpus: 2 } },
    });
  });

  for (const [what, text] of [
    ['another service is the same one', 'services:\n  app: &a\n    image: y\n  b: *a\n'],
    ['another service takes from it', 'services:\n  app: &a\n    image: y\n  b:\n    <<: *a\n'],
    ['it is an alias', 'x: &a {image: y}\nservices:\n  app: *a\n'],
    ['it is no mapping', 'services: [app]\n'],
    ['a key is there twice', 'services: { app: {} }\nservices: { app: {} }\n'],
    ['there are two documents', 'services: { app: {} }\n---\nservices: { app: {} }\n'],
    ['it is no YAML', 'services: [\n'],
  ] as const)
    test(`leaves a text alone in which ${what}`, () => {
      expect(setInYaml(text, PATH, '4g')).toBeUndefined();
    });
});
