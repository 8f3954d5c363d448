import { writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { lookAtInclude } from '../../../src/activities/proxy/look-at-include.ts';
import { hasNginx } from '../../support/nginx.ts';
import { RUN, test } from './support/proxied.ts';

describe.skipIf(!hasNginx)('lookAtInclude', () => {
  test('tells a proxy that can be closed from one that has no file of ours yet, and who has closed it', async ({
    proxied,
  }) => {
    const { target, proxy, nginx } = await proxied();
    const { include } = nginx.proxy.drain!;

    const missing = await lookAtInclude(target);
    writeFileSync(include, '');
    const empty = await lookAtInclude(target);
    await proxy.close();
    const closed = await lookAtInclude(target);

    expect(missing).toEqual({ well: false, finding: `"${include}" is not there: make it, empty` });
    expect(empty).toEqual({
      well: true,
      finding: `It includes "${include}", and lets users through`,
    });
    expect(closed?.finding).toMatch(new RegExp(`^It refuses users since \\S+, by ${RUN}$`));
  });

  test('sees that the proxy does not include it, and is silent where none is to be closed', async ({
    proxied,
  }) => {
    const { target, nginx } = await proxied({ included: false });
    const { include } = nginx.proxy.drain!;
    writeFileSync(include, '');

    const seen = await lookAtInclude(target);
    const none = await lookAtInclude({ ...target, proxy: undefined });

    expect(seen).toEqual({ well: false, finding: `The proxy does not include "${include}"` });
    expect(none).toBeUndefined();
  });
});
