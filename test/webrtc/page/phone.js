/** The page with JsSIP: buttons for people, `window.phone` for tests. */
import JsSIP from 'jssip';
import { gateway, packetsOf, playRemote, show, tell } from './common.js';

const sessionOptions = { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } };
const byId = (id) => document.getElementById(id);
let ua;
let session;

function setButtons() {
  const inCall = session?.isEstablished() === true;
  byId('call').disabled = ua === undefined || session !== undefined;
  byId('answer').disabled = session?.direction !== 'incoming' || inCall;
  byId('hold').disabled = !inCall;
  byId('dtmf').disabled = !inCall;
  byId('hangup').disabled = session === undefined;
}

function follow(next) {
  session = next;
  if (next.connection) playRemote(next.connection);
  next.on('peerconnection', ({ peerconnection }) => playRemote(peerconnection));
  next.on('progress', () => tell('ringing'));
  next.on('confirmed', () => {
    tell('in call', next.remote_identity.uri.user);
    setButtons();
  });
  next.on('hold', ({ originator }) => tell('hold', originator));
  next.on('unhold', ({ originator }) => tell('unhold', originator));
  const end = ({ originator, cause }) => {
    session = undefined;
    tell('ended', `${originator} ${cause}`);
    show('media', 'no call');
    setButtons();
  };
  next.on('ended', end);
  next.on('failed', end);
  setButtons();
}

const phone = {
  async register(user, password) {
    const { domain, socket } = await gateway();
    ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(socket)],
      uri: `sip:${user}@${domain}`,
      password,
      session_timers: false,
    });
    ua.on('registered', () => {
      show('state', `registered as ${user}@${domain}`);
      tell('registered', user);
      setButtons();
    });
    ua.on('registrationFailed', ({ cause }) => tell('refused', cause));
    ua.on('disconnected', () => tell('disconnected'));
    ua.on('newRTCSession', ({ originator, session: next, request }) => {
      follow(next);
      if (originator === 'remote') tell('called by', request.from.uri.user);
    });
    ua.start();
  },
  call: (target) => ua.call(target, sessionOptions),
  answer: () => session.answer(sessionOptions),
  hangup: () => session.terminate(),
  /** Resolve when the other side has agreed. */
  hold: () => new Promise((resolve) => session.hold({}, resolve)),
  unhold: () => new Promise((resolve) => session.unhold({}, resolve)),
  dtmf: (digits) => session.sendDTMF(digits, { transportType: 'RFC2833', duration: 160 }),
  packets: () => packetsOf(session?.connection),
};
window.phone = phone;

byId('register').onclick = () => phone.register(byId('user').value, byId('password').value);
byId('call').onclick = () => phone.call(byId('target').value);
byId('answer').onclick = () => phone.answer();
byId('hangup').onclick = () => phone.hangup();
byId('dtmf').onclick = () => phone.dtmf('5');
byId('hold').onclick = () => (session.isOnHold().local ? phone.unhold() : phone.hold());
setInterval(async () => {
  if (session?.isEstablished() !== true) return;
  const { sent, received } = await phone.packets();
  show('media', `audio packets: ${sent} sent, ${received} received`);
}, 500);
setButtons();
tell('ready');
