/** `npm run demo:webrtc`: everything of docs/guide/webrtc-gateway.md on this machine, until Ctrl-C. */
import { findTool } from '../support/tools.ts';
import { Gateway } from './gateway.ts';

const dayMs = 86_400_000;
const address = process.argv[2] ?? '127.0.0.1';

if (findTool('rtpengine') === undefined) {
  console.error('rtpengine is not installed (Debian: apt install rtpengine-daemon)');
  process.exit(1);
}

const gateway = await Gateway.start({
  address,
  sipPort: 5060,
  tlsPort: 7443,
  pagePort: 8443,
  timeoutMs: dayMs,
});
console.log(`
The gateway runs. Its certificate is made for this demo, so the browser has to be told twice that it is all right:
  1. open https://${address}:${gateway.tlsPort}/ and accept it (the gateway)
  2. open ${gateway.pageUrl} and accept it (the page)
Register as alice (password one), call bob or carol. Carol (three) may be another window.
A SIP phone: registrar ${address}:${gateway.sipPort} over UDP, user bob, password two. With baresip, in ~/.baresip/accounts:
  <sip:bob@${address}:${gateway.sipPort}>;auth_pass=two
Chromium on the same machine needs --allow-loopback-in-peer-connection, because media stay on ${address};
or give the address of this machine in its network: npm run demo:webrtc -- 192.168.1.20
Ctrl-C ends all of it.`);

process.once('SIGINT', () => {
  void gateway.stop().then(() => process.exit(0));
});
