/** docs/guide/webrtc-gateway.md with real parts: Chromium with JsSIP and SIP.js, baresip, rtpengine. */
import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { Baresip } from '../support/baresip.ts';
import { freePort, ownAddress } from '../support/loopback.ts';
import { runProgram } from '../support/program.ts';
import { findTool, missing } from '../support/tools.ts';
import { Browser, type BrowserPhone } from './browser.ts';
import { Gateway } from './gateway.ts';

/** One that nobody else uses, so that the ports of the standard are free. */
const address = ownAddress();
const tools = {
  chromium: 'chromium',
  rtpengine: 'rtpengine-daemon',
  baresip: 'baresip-core',
  kamcmd: 'kamailio',
};
let gateway: Gateway | undefined;
let browser: Browser | undefined;
let bob: Baresip | undefined;

interface Scene {
  readonly gateway: Gateway;
  readonly browser: Browser;
  readonly bob: Baresip;
}

/** undefined where a part is missing: then the test is skipped. */
function scene(t: TestContext): Scene | undefined {
  for (const [tool, debianPackage] of Object.entries(tools)) {
    if (findTool(tool) !== undefined) continue;
    missing(t, `${tool} is not installed (Debian package ${debianPackage})`);
    return undefined;
  }
  if (gateway === undefined || browser === undefined || bob === undefined)
    throw new Error('the parts did not start');
  return { gateway, browser, bob };
}

before(async () => {
  if (Object.keys(tools).some((tool) => findTool(tool) === undefined)) return;
  gateway = await Gateway.start({ address, sipPort: 5060, tlsPort: 7443, pagePort: 8443 });
  browser = await Browser.start();
  bob = await Baresip.start({
    user: 'bob',
    address,
    sipPort: await freePort(address),
    controlPort: await freePort(address),
    rtpPorts: '31000-31100',
    password: 'two',
    tone: true,
  });
  await bob.registered();
});

after(async () => {
  await bob?.stop();
  await browser?.stop();
  await gateway?.stop();
});

async function registered(
  { gateway, browser }: Scene,
  user: string,
  password: string,
  path = '',
): Promise<BrowserPhone> {
  const phone = await browser.open(gateway.pageUrl + path);
  await phone.run('register', user, password);
  await phone.event(new RegExp(`^registered ${user}`));
  return phone;
}

async function mediaSessions({ rtpengine }: Gateway): Promise<number> {
  const calls = (await rtpengine.ask(new Map([['command', 'list']])))?.get('calls');
  return Array.isArray(calls) ? calls.length : -1;
}

async function kamcmd(socket: string, ...words: readonly string[]): Promise<string> {
  const path = findTool('kamcmd') ?? 'kamcmd';
  return (await runProgram(path, ['-s', `unix:${socket}`, ...words], { timeoutMs: 5000 })).stdout;
}

/** Nothing of any call is left: no media session, no transaction to BYE for, no leg to remember. */
async function nothingIsLeft({ gateway }: Scene): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const calls = await mediaSessions(gateway);
    const legs = (await kamcmd(gateway.control, 'htable.dump', 'legs')).match(/value:/g)?.length ?? 0;
    if (calls === 0 && legs === 0) return;
    if (Date.now() > deadline) throw new Error(`${calls} media sessions and ${legs} legs are left`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a wrong password does not register', async (t) => {
  const parts = scene(t);
  if (parts === undefined) return;
  const phone = await parts.browser.open(parts.gateway.pageUrl);
  await phone.run('register', 'alice', 'wrong');
  await phone.event(/^refused/);
  await phone.page.close();
});

test('a browser calls a phone: audio both ways, hold, DTMF, the browser hangs up', async (t) => {
  const parts = scene(t);
  if (parts === undefined) return;
  const alice = await registered(parts, 'alice', 'one');
  await alice.run('call', 'bob');
  await parts.bob.event('CALL_INCOMING');
  parts.bob.command('accept');
  await alice.event(/^in call bob/);
  await parts.bob.event('CALL_ESTABLISHED');
  await alice.talks();
  await alice.page.screenshot({
    path: process.env.WEBRTC_SCREENSHOT ?? `${parts.gateway.server.folder}/page.png`,
  });
  await alice.run('hold');
  await alice.event(/^hold local/);
  await alice.run('unhold');
  await alice.event(/^unhold local/);
  await alice.talks();
  await alice.run('dtmf', '5');
  assert.match((await parts.bob.event('CALL_DTMF_START')).param ?? '', /5/);
  await alice.run('hangup');
  await alice.event(/^ended local/);
  await parts.bob.event('CALL_CLOSED');
  await nothingIsLeft(parts);
  await alice.page.close();
});

test('a phone calls a browser and hangs up', async (t) => {
  const parts = scene(t);
  if (parts === undefined) return;
  const alice = await registered(parts, 'alice', 'one');
  parts.bob.command('dial', `sip:alice@${address}`);
  await alice.event(/^called by bob/);
  await alice.run('answer');
  await alice.event(/^in call bob/);
  await alice.talks();
  parts.bob.command('hangup');
  await alice.event(/^ended remote/);
  await nothingIsLeft(parts);
  await alice.page.close();
});

for (const direction of ['out', 'in'] as const) {
  test(`a page that is closed in a call (${direction}) leaves nothing: the phone gets a BYE`, async (t) => {
    const parts = scene(t);
    if (parts === undefined) return;
    const alice = await registered(parts, 'alice', 'one');
    if (direction === 'out') {
      await alice.run('call', 'bob');
      await parts.bob.event('CALL_INCOMING');
      parts.bob.command('accept');
    } else {
      parts.bob.command('dial', `sip:alice@${address}`);
      await alice.event(/^called by bob/);
      await alice.run('answer');
    }
    await alice.event(/^in call bob/);
    await alice.talks();
    await alice.page.close();
    await parts.bob.event('CALL_CLOSED');
    await nothingIsLeft(parts);
    const users = await kamcmd(parts.gateway.control, 'ul.dump', 'brief');
    assert.ok(!users.includes('alice'), users);
    assert.match(await kamcmd(parts.gateway.control, 'ws.dump'), /wscounter: 0/);
  });
}

test('browser to browser: JsSIP calls SIP.js', async (t) => {
  const parts = scene(t);
  if (parts === undefined) return;
  const alice = await registered(parts, 'alice', 'one');
  const carol = await registered(parts, 'carol', 'three', 'sipjs.html');
  await alice.run('call', 'carol');
  await carol.event(/^called by alice/);
  await carol.run('answer');
  await Promise.all([alice.event(/^in call carol/), carol.event(/^in call alice/)]);
  await Promise.all([alice.talks(), carol.talks()]);
  await carol.run('hangup');
  await alice.event(/^ended remote/);
  await nothingIsLeft(parts);
  await alice.page.close();
  await carol.page.close();
});
