import { ClientFailure } from '../../client/failure.ts';
import type { Link, LinkHandler, Way } from '../../client/link.ts';
import { linkFailure, openLink } from '../../client/openLink.ts';
import { locateServers } from '../../client/outbound.ts';
import type { SessionContext } from '../../client/sessions/plan.ts';
import { waitFor } from '../../client/stop.ts';
import type { UserSettings } from '../../client/user.ts';

const silent: LinkHandler = { onText: () => undefined, onTrouble: () => undefined, onEnd: () => undefined };

/** A way as it would be: the local address is right, the port that of a socket which is closed again. Nothing is connected. */
export async function wayWithoutSending(user: UserSettings, { ports }: SessionContext): Promise<Way> {
  const [place] = await locateServers(ports, user.target.hop, user.outbound.family);
  const options = { ...user.outbound, connectDatagrams: false, path: '/' };
  const socket = await openLink(ports, { ...place, proto: 'udp' }, options, silent);
  socket.close();
  const to = { address: place.address, port: place.port };
  const link: Link = {
    proto: place.proto,
    local: socket.local,
    remote: to,
    security: '',
    isConnected: false,
    send: () => undefined,
    close: () => undefined,
  };
  return { link, to };
}

/** Sends text as it is, without transactions; the first answer, whatever it is. */
export async function sendAsItIs(
  textOn: (way: Way) => string,
  user: UserSettings,
  context: SessionContext,
): Promise<string> {
  let settle: (answer: string) => void = () => undefined;
  let refuse: (failure: ClientFailure) => void = () => undefined;
  const answered = new Promise<string>((resolve, reject) => {
    settle = resolve;
    refuse = reject;
  });
  answered.catch(() => undefined);
  const { link, way } = await openWay(user, context, {
    onText: settle,
    onTrouble: (error) => refuse(linkFailure(error)),
    onEnd: (error) => refuse(linkFailure(error ?? new Error('the peer closed the connection'))),
  });
  try {
    link.send(textOn(way), way.to);
    const { clock } = context.ports;
    const end = await waitFor(
      clock,
      user.timers.timerFMs,
      context.stop,
      answered.then((answer) => ({ answer })),
    );
    if (end === 'stop') throw new ClientFailure('interrupted', 'interrupted');
    if (end === 'time')
      throw new ClientFailure('timeout', `no answer within ${user.timers.timerFMs / 1000} s`);
    return end.answer;
  } finally {
    link.close();
  }
}

async function openWay(
  user: UserSettings,
  { ports }: SessionContext,
  handler: LinkHandler,
): Promise<{ readonly link: Link; readonly way: Way }> {
  const [place] = await locateServers(ports, user.target.hop, user.outbound.family);
  const link = await openLink(ports, place, { ...user.outbound, path: user.target.path }, handler);
  return { link, way: { link, to: { address: place.address, port: place.port } } };
}
