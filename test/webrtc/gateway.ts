import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pemFolder, TestAuthority } from '../support/certificates.ts';
import { guideBlock } from '../support/guide.ts';
import { freePort } from '../support/loopback.ts';
import { Rtpengine } from '../support/rtpengine.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { findTool } from '../support/tools.ts';
import { PageServer } from './pageServer.ts';

/** Not the address: a name of ours without a port counts on every port, and phones are at the same address here. */
const domain = 'gateway.example';

export interface GatewayOptions {
  /** Where phones and browsers reach it. */
  readonly address: string;
  /** 0 takes free ones. */
  readonly sipPort: number;
  readonly tlsPort: number;
  readonly pagePort: number;
  /** Longest life of rtpengine, ms. */
  readonly timeoutMs?: number;
}

/** Certificates, rtpengine, Olelo with the configuration of docs/guide/webrtc-gateway.md, and the page. */
export class Gateway {
  readonly address: string;
  readonly sipPort: number;
  readonly tlsPort: number;
  readonly control: string;
  readonly rtpengine: Rtpengine;
  readonly server: RunningServer;
  readonly page: PageServer;
  readonly #files: { path: string; remove(): void };

  private constructor(parts: {
    readonly address: string;
    readonly sipPort: number;
    readonly tlsPort: number;
    readonly rtpengine: Rtpengine;
    readonly server: RunningServer;
    readonly page: PageServer;
    readonly files: { path: string; remove(): void };
  }) {
    this.address = parts.address;
    this.sipPort = parts.sipPort;
    this.tlsPort = parts.tlsPort;
    this.control = join(parts.files.path, 'control.sock');
    this.rtpengine = parts.rtpengine;
    this.server = parts.server;
    this.page = parts.page;
    this.#files = parts.files;
  }

  static async start(options: GatewayOptions): Promise<Gateway> {
    const { address } = options;
    const authority = await TestAuthority.create('Olelo WebRTC demo');
    const certificate = await authority.issue({ name: address, ips: [address], dns: ['localhost'] });
    const files = pemFolder({
      'webrtc.pem': certificate.certificate + certificate.key,
      'ca.pem': authority.certificate,
    });
    const sipPort = options.sipPort || (await freePort(address));
    const tlsPort = options.tlsPort || (await freePort(address));
    const rtpengine = new Rtpengine(findTool('rtpengine') ?? 'rtpengine', await freePort(), {
      interfaces: [address],
      args: ['--delete-delay=0'],
      timeoutMs: options.timeoutMs ?? 300_000,
    });
    await rtpengine.start();
    const config = join(files.path, 'gateway.cfg');
    writeFileSync(config, configText(files.path));
    const server = await startServer({
      program: 'olelo',
      config,
      args: [
        ...[
          '-l',
          `udp:${address}:${sipPort}`,
          '-l',
          `tcp:${address}:${sipPort}`,
          '-l',
          `tls:${address}:${tlsPort}`,
        ],
        ...['-A', `DOMAIN="${domain}"`, '-A', `RTPENGINE="${rtpengine.url}"`],
        ...['-A', `CERTIFICATE="${files.path}/webrtc.pem"`],
      ],
      readyWhen: [
        { kind: 'udp', address, port: sipPort },
        { kind: 'tcp', address, port: tlsPort },
      ],
    });
    const facts = { domain, socket: `wss://${address}:${tlsPort}/` };
    const page = await PageServer.start(address, options.pagePort, certificate, facts);
    return new Gateway({ address, sipPort, tlsPort, rtpengine, server, page, files });
  }

  get pageUrl(): string {
    return `https://${this.address}:${this.page.port}/`;
  }

  async stop(): Promise<void> {
    this.page.stop();
    await this.server.stop();
    await this.rtpengine.stop();
    this.#files.remove();
  }
}

/** The page's configuration, and a control socket to look inside. */
function configText(folder: string): string {
  return `${guideBlock('webrtc-gateway.md', 'kamailio')}
loadmodule "ctl.so"
loadmodule "kex.so"
modparam("ctl", "binrpc", "unix:${folder}/control.sock")
modparam("jsonrpcs", "transport", 4)
modparam("jsonrpcs", "dgram_socket", "${folder}/rpc.sock")
`;
}
