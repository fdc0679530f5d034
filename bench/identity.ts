/**
 * `node dist/bench/identity.js [rounds]`: signs and checks of Identity headers per second of CPU, with the module
 * secsipid on both servers (Kamailio's uses the reference library in Go), interleaved in one run.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate, makeKeyPair } from '../src/identity/index.ts';
import { ownAddress } from '../test/support/loopback.ts';
import { Peer } from '../test/support/peer.ts';
import { type Program, programPath, repository, startServer } from '../test/support/server.ts';
import { spread, table } from './measure.ts';
import { cpuSeconds } from './processes.ts';

const perMessage = 1000;
const messages = 3;

interface Costs {
  readonly signs: number[];
  readonly checks: number[];
}

async function main(): Promise<void> {
  const rounds = Number(process.argv[2] ?? 3);
  const programs = (['kamailio', 'olelo'] as const).filter((name) => programPath(name) !== undefined);
  const folder = mkdtempSync(join(tmpdir(), 'olelo-identity-bench-'));
  const costs = new Map<Program, Costs>(programs.map((name) => [name, { signs: [], checks: [] }]));
  try {
    await writeFiles(folder);
    for (let round = 0; round < rounds; round++) {
      for (const program of programs) await measure(program, folder, costs.get(program) as Costs);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const rows = [...costs].map(([program, { signs, checks }]) => [
    program,
    spread(signs, 1),
    spread(checks, 1),
  ]);
  console.log(table(['server', 'CPU for a sign, µs', 'CPU for a check, µs'], rows));
}

async function writeFiles(folder: string): Promise<void> {
  const { privateKey } = makeKeyPair();
  const now = Date.now();
  const certificate = await makeCertificate(
    {
      subject: 'CN=bench',
      notBefore: new Date(now - 60_000),
      notAfter: new Date(now + 86_400_000),
      telephoneNumbers: [],
      isAuthority: false,
      serial: '01',
    },
    privateKey,
  );
  writeFileSync(join(folder, 'key.pem'), privateKey);
  writeFileSync(join(folder, 'cert.pem'), certificate);
  const config = readFileSync(join(repository, 'bench', 'configs', 'identity.cfg'), 'utf8');
  writeFileSync(join(folder, 'identity.cfg'), config.replaceAll('FOLDER', folder));
}

async function measure(program: Program, folder: string, costs: Costs): Promise<void> {
  const address = ownAddress();
  const peer = new Peer('A', address, 5071);
  await peer.open();
  const server = await startServer({
    program,
    config: join(folder, 'identity.cfg'),
    args: ['-l', `udp:${address}:5060`],
    readyWhen: [{ kind: 'udp', address, port: 5060 }],
  });
  const ask = async (user: string, header: string, number: number): Promise<string> => {
    const call = `${user}-${number}`;
    peer.sendUdp(
      `OPTIONS sip:${user}@${address} SIP/2.0\r\nVia: SIP/2.0/UDP ${address}:5071;branch=z9hG4bK${call}\r\n` +
        `From: <sip:a@a.example>;tag=1\r\nTo: <sip:b@b.example>\r\nCall-ID: ${call}\r\nCSeq: 1 OPTIONS\r\n` +
        `Max-Forwards: 70\r\n${header}Content-Length: 0\r\n\r\n`,
      address,
      5060,
    );
    if (!(await peer.holds(number, 60_000))) throw new Error(`${program} did not answer: ${server.log()}`);
    const answer = peer.inbox[number - 1]?.text ?? '';
    if (!answer.includes(`X-Good: ${perMessage}\r\n`)) throw new Error(`${program} failed: ${answer}`);
    return answer;
  };
  try {
    // the first message warms up
    const signed = /X-Identity: (.*)\r/.exec(await ask('sign', '', 1))?.[1] ?? '';
    await ask('check', `X-Identity: ${signed}\r\n`, 2);
    let number = 2;
    for (const [user, header, list] of [
      ['sign', '', costs.signs],
      ['check', `X-Identity: ${signed}\r\n`, costs.checks],
    ] as const) {
      const before = cpuSeconds(server.pid);
      for (let i = 0; i < messages; i++) await ask(user, header, ++number);
      list.push(((cpuSeconds(server.pid) - before) * 1e6) / (messages * perMessage));
    }
  } finally {
    await server.stop();
    await peer.close();
  }
}

await main();
