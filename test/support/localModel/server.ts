import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendFailure } from './answer';
import { Engine } from './engine';
import type { InstalledModel } from './installModel';
import { createRoutes, type Route } from './routes';
import { Runner } from './runner';

/** Serves the model in Ollama's form on a free port of this machine; resolves with the address. */
export async function serveModel(files: InstalledModel, port = 0): Promise<string> {
  const engine = new Engine(files);
  const routes = createRoutes(engine, new Runner(engine));
  const server = http.createServer((request, response) => void handle(routes, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address() as AddressInfo;
  return `http://127.0.0.1:${address.port}`;
}

async function handle(
  routes: Record<string, Route>,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const route = routes[`${request.method ?? 'GET'} ${pathname}`];
  if (route === undefined) {
    sendUnknown(
      response,
      Object.keys(routes).some((key) => key.endsWith(` ${pathname}`)),
    );
    return;
  }
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    await route({ request, response, signal: gone.signal });
  } catch (error) {
    // Nobody reads an answer to a closed connection.
    if (!gone.signal.aborted) sendFailure(response, error);
  }
}

function sendUnknown(response: http.ServerResponse, knownPath: boolean): void {
  response.writeHead(knownPath ? 405 : 404, { 'content-type': 'text/plain' });
  response.end(knownPath ? '405 method not allowed' : '404 page not found');
}
