import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import type { TestCertificate } from '../support/certificates.ts';
import { repository } from '../support/server.ts';

const folder = join(repository, 'test', 'webrtc', 'page');

/** What a page learns of the gateway. */
export interface GatewayFacts {
  readonly domain: string;
  /** `wss://host:port` */
  readonly socket: string;
}

/** The pages over HTTPS: `/` with JsSIP, `/sipjs.html` with SIP.js; each library in one script, made by rolldown. */
export class PageServer {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async start(
    address: string,
    port: number,
    certificate: TestCertificate,
    facts: GatewayFacts,
  ): Promise<PageServer> {
    const files = await filesFor(facts);
    const server = createServer(
      { cert: certificate.certificate, key: certificate.key },
      (request, response) => {
        const found = files.get(request.url ?? '');
        response.writeHead(found === undefined ? 404 : 200, { 'Content-Type': found?.type ?? 'text/plain' });
        response.end(found?.text ?? 'Not here');
      },
    );
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, address, resolve);
    });
    const bound = server.address();
    return new PageServer(server, bound !== null && typeof bound === 'object' ? bound.port : port);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function filesFor(facts: GatewayFacts): Promise<ReadonlyMap<string, { type: string; text: string }>> {
  const html = { type: 'text/html; charset=utf-8', text: readFileSync(join(folder, 'index.html'), 'utf8') };
  const script = async (name: string) => ({ type: 'text/javascript', text: await bundled(name) });
  return new Map([
    ['/', html],
    ['/sipjs.html', { ...html, text: html.text.replace('phone.js', 'sipjs.js') }],
    ['/phone.js', await script('phone.js')],
    ['/sipjs.js', await script('sipjs.js')],
    ['/gateway.json', { type: 'application/json', text: JSON.stringify(facts) }],
  ]);
}

/** The page's script and its library in one. */
async function bundled(name: string): Promise<string> {
  const bundle = await rolldown({ input: join(folder, name), platform: 'browser', logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  await bundle.close();
  return output[0].code;
}
