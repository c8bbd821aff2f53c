/**
 * Serves folders with the headers that a page needs to be given SharedArrayBuffer (cross-origin isolation), and with the
 * policy of careful sites: scripts come from there and are not made from text.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, normalize } from 'node:path';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript' };
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Content-Security-Policy': "script-src 'self'",
};

/** What browsers ask for beside, such as an icon, is in no folder. */
const NOWHERE = new URL('file:///dev/null/');

/** A server of `folders`: the first part of a path is the name of one. */
export async function serve(folders: Record<string, URL>): Promise<{ origin: string; server: Server }> {
  const server = createServer((request, response) => {
    const [, name, ...rest] = normalize(new URL(request.url!, 'http://localhost').pathname).split('/');
    const file = new URL(rest.join('/'), folders[name] ?? NOWHERE);
    readFile(file).then(
      (body) =>
        response
          .writeHead(200, { 'Content-Type': TYPES[extname(file.pathname)] ?? 'text/plain', ...ISOLATION })
          .end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
