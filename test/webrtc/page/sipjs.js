/** The same with SIP.js: for calls from browser to browser, by another library. */
import { Inviter, Registerer, SessionState, UserAgent } from 'sip.js';
import { gateway, packetsOf, playRemote, tell } from './common.js';

const audio = { constraints: { audio: true, video: false } };
let userAgent;
let session;
let domainName;

const connection = () => session?.sessionDescriptionHandler?.peerConnection;

function follow(next) {
  session = next;
  next.stateChange.addListener((state) => {
    if (state === SessionState.Established) {
      playRemote(connection());
      tell('in call', next.remoteIdentity.uri.user);
    }
    if (state === SessionState.Terminated) {
      session = undefined;
      tell('ended');
    }
  });
}

window.phone = {
  async register(user, password) {
    const { domain, socket } = await gateway();
    domainName = domain;
    userAgent = new UserAgent({
      uri: UserAgent.makeURI(`sip:${user}@${domain}`),
      transportOptions: { server: socket },
      authorizationUsername: user,
      authorizationPassword: password,
      logLevel: 'error',
      sessionDescriptionHandlerFactoryOptions: { peerConnectionConfiguration: { iceServers: [] } },
      delegate: {
        onInvite(invitation) {
          follow(invitation);
          tell('called by', invitation.remoteIdentity.uri.user);
        },
      },
    });
    await userAgent.start();
    const registerer = new Registerer(userAgent);
    registerer.stateChange.addListener((state) => tell(state.toLowerCase(), user));
    await registerer.register();
  },
  async call(target) {
    const inviter = new Inviter(userAgent, UserAgent.makeURI(`sip:${target}@${domainName}`), {
      sessionDescriptionHandlerOptions: audio,
    });
    follow(inviter);
    await inviter.invite();
  },
  answer: () => session.accept({ sessionDescriptionHandlerOptions: audio }),
  hangup: () => session.bye(),
  packets: () => packetsOf(connection()),
};
tell('ready');
