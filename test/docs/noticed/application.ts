import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startupChecklist } from '../../../src/activities/lifecycle/checklist/startup-checklist.ts';
import { application } from '../../../src/activities/health/application/application.ts';
import { sampler } from '../../activities/health/support/sampling.ts';
import { reservedPort } from '../../support/reserved-port.ts';
import { badOf, type Fault, type Findings, type Place } from './fault.ts';

const APPLICATION = `
  let broken = false;
  process.on('SIGUSR2', () => { broken = true; });
  const server = require('node:http').createServer((request, response) => {
    const page = request.url === '/Diagnostics'
      ? 'Database: ' + (broken ? 'unhealthy' : 'healthy')
      : 'ok';
    response.writeHead(broken && request.url === '/' ? 500 : 200).end(page);
  });
  server.listen(Number(process.argv[1]), '127.0.0.1', () => console.log('ready'));
`;

const HEALTH_A = 'curl -f http://localhost:8501/_stcore/health || echo "❌ Application unhealthy"';
const HEALTH_B = `if curl -s --max-time 10 "http://localhost:8501" > /dev/null; then
    echo "✅ Application responding"
else
    echo "❌ Application not responding"
    exit 1
fi`;
const DATABASE_B = `if curl -s --max-time 10 "http://localhost:8501/Diagnostics" | grep -q "healthy"; then
    echo "✅ Database healthy"
else
    echo "⚠️ Database check inconclusive"
fi`;

/** It is up and hangs, it answers and is broken, it is down, its port is another's. */
export async function applicationFaults({ target: template }: Place): Promise<Fault[]> {
  const port = await reservedPort();
  const url = `http://127.0.0.1:${port}`;
  const app = { ...template.app, url: `${url}/`, health: `${url}/_stcore/health`, port };
  const target = { ...template, app: { ...app, timeout: '10s' as const } };
  const here = { 'http://localhost:8501': url, ':8501': `:${port}` };
  const start = async () => {
    const child = spawn(process.execPath, ['-e', APPLICATION, `${port}`]);
    await once(child.stdout, 'data');
    return child;
  };
  let child = await start();
  const look = async (): Promise<Findings> =>
    badOf(await sampler(target, { pids: [child.pid!] })(application));
  const health = [
    { manual: 'A', text: HEALTH_A, here },
    { manual: 'B', text: HEALTH_B, here },
  ] as const;
  const checklist = async (): Promise<Findings> =>
    Object.fromEntries(
      (await startupChecklist(target))
        .filter(({ state }) => state === 'failed')
        .map(({ line, finding }) => [line, finding]),
    );

  return [
    {
      name: 'The application hangs: it accepts connections, and answers nothing (SIGSTOP)',
      commands: health,
      by: 'health-check',
      look,
      strike: async () => {
        child.kill('SIGSTOP');
        return () => child.kill('SIGCONT');
      },
    },
    {
      name: 'Its page fails with 500, while its health endpoint answers 200',
      commands: [...health, { manual: 'B', text: DATABASE_B, here }],
      by: 'health-check',
      look,
      strike: async () => {
        child.kill('SIGUSR2');
        await new Promise((next) => setTimeout(next, 200));
        return async () => {
          child.kill('SIGKILL');
          await once(child, 'exit');
          child = await start();
        };
      },
    },
    {
      name: 'It is down',
      commands: health,
      by: 'health-check',
      look,
      strike: async () => {
        child.kill('SIGKILL');
        await once(child, 'exit');
        return () => {};
      },
    },
    {
      name: 'Another program has its port while it is down (python3 -m http.server)',
      commands: [
        { manual: 'A', text: HEALTH_A, here },
        { manual: 'A', text: 'lsof -i :8501', here },
        { manual: 'B', text: HEALTH_B, here },
      ],
      by: 'start-application: its checklist',
      look: checklist,
      strike: async () => {
        const args = ['-m', 'http.server', `${port}`, '--bind', '127.0.0.1'];
        const stranger = spawn('python3', args, { stdio: 'ignore' });
        await listening(url);
        return () => stranger.kill('SIGKILL');
      },
    },
  ];
}

async function listening(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer) return;
    await new Promise((next) => setTimeout(next, 50));
  }
  throw new Error(`Nobody listens at "${url}"`);
}
