import { describe, expect, test } from 'vitest';
import { withDrillName } from '../../../src/activities/drill/drill-containers.ts';
import { Stamp } from '../../../src/config/time/stamp.ts';

const stamp = Stamp.parse('20260105_020000');
const target = { name: 'shop', state: '/srv/shop/.runbook' };
const label = '--label durable-runbooks.drill=/srv/shop/.runbook';
const name = '--name runbook-drill-shop-20260105_020000';

describe('withDrillName', () => {
  for (const [command, named] of [
    ['docker run --rm img', `docker run ${name} ${label} --rm img`],
    ['/usr/bin/docker container run img', `/usr/bin/docker container run ${name} ${label} img`],
    ['docker -H tcp://x run img', `docker -H tcp://x run ${name} ${label} img`],
    ['sudo -n docker run img', `sudo -n docker run ${name} ${label} img`],
    ['podman run img run', `podman run ${name} ${label} img run`],
    ['docker compose -f x.yml run app', `docker compose -f x.yml run ${name} ${label} app`],
    ['docker-compose run app', `docker-compose run ${name} ${label} app`],
    ['docker run --name=mine img', `docker run ${label} --name=mine img`],
    ['docker start mine', 'docker start mine'],
    ['streamlit run app.py', 'streamlit run app.py'],
    ['python -m streamlit run docker', 'python -m streamlit run docker'],
  ] as const)
    test(`makes of "${command}" what can be found again`, () => {
      expect(withDrillName(command.split(' '), target, stamp).join(' ')).toBe(named);
    });
});
