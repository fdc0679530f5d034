/**
 * `olelo/testing`: whole servers and scripted phones in one process, in virtual time, from a seed.
 *
 *     const world = new SimWorld(1);
 *     const server = await SimServer.start(world, { config: readFileSync('kamailio.cfg', 'utf8'), address: '10.0.0.1' });
 *     const ann = await SipPeer.open(world, { name: 'ann', address: '10.0.0.2', server: { address: '10.0.0.1', port: 5060 } });
 *     const outcome = await within(world, placeCall(ann, { toUser: 'bob' }), 200_000);
 *
 * Nothing here waits for real time: two minutes of `fr_inv_timer` take a millisecond. Equal seeds give equal runs.
 */
export { type AnswerPolicy, answerCalls, type CallOptions, type CallOutcome, placeCall } from './call.ts';
export { leftovers, OneFinalResponse, silenceAfterStop } from './checkers.ts';
export { SimClock } from './clock.ts';
export { SimDatabaseServer } from './database.ts';
export { SimFiles } from './files.ts';
export { SimNet } from './hostNet.ts';
export { SimHttp, type SimPage } from './http.ts';
export { goodLink, type LinkFaults, type WireEvent } from './link.ts';
export { SimNetwork } from './network.ts';
export { type PeerOptions, type RequestHandler, type RequestOptions, SipPeer } from './peer.ts';
export { PeerRequest } from './peerClient.ts';
export { PeerInvitation } from './peerServer.ts';
export { SimRandom } from './random.ts';
export { SimResolver, type ZoneName } from './resolver.ts';
export { SimServer, type SimServerOptions, within } from './server.ts';
export { type HostOptions, type SimPorts, SimWorld } from './world.ts';
