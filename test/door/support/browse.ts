import { request } from 'node:http';

interface Page {
  readonly status: number | undefined;
  readonly location: string | undefined;
  readonly cookie: string | undefined;
  readonly text: string;
}

/** Asks a server on this machine's loopback as a browser would that knows it by the name `host`. */
export function browse(
  port: number,
  path: string,
  {
    host,
    method = 'GET',
    ...headers
  }: { host: string; method?: string; cookie?: string; origin?: string },
): Promise<Page> {
  return new Promise((settle, fail) => {
    const asked = request(
      { host: '127.0.0.1', port, path, method, headers: { ...headers, host } },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.once('end', () =>
          settle({
            status: answer.statusCode,
            location: answer.headers.location,
            cookie: answer.headers['set-cookie']?.[0]?.split(';')[0],
            text,
          }),
        );
      },
    );
    asked.once('error', fail);
    asked.end();
  });
}
