import type { NodeAnswer, NodeMode, NodeProtocol } from './mediaNode.ts';
import { relayAddress } from './ngProtocol.ts';

const firstPort = 30_000;

/** The control protocol of rtpproxy, answered by rote: every update and lookup gets a port. */
export class RtpproxyProtocol implements NodeProtocol {
  /** Features that it has, by their dates; all without. */
  features: readonly string[] | undefined;
  /** What updates and lookups are answered with, instead of a port and an address. */
  session: string | undefined;

  answer(datagram: string, mode: NodeMode): NodeAnswer {
    const space = datagram.indexOf(' ');
    const cookie = datagram.slice(0, space);
    const command = datagram.slice(space + 1).trim();
    const isProbe = command.startsWith('V');
    const answer = mode.kind === 'silent' ? undefined : this.#answerOf(command, mode);
    return {
      shown: isProbe ? '' : `${command[0]} command\r\n\r\n${command}\n`,
      reply: answer === undefined ? undefined : `${cookie} ${answer}\n`,
    };
  }

  #answerOf(command: string, mode: NodeMode): string {
    if (command.startsWith('VF')) {
      const known = this.features === undefined || this.features.includes(command.slice(2).trim());
      return known ? '1' : '0';
    }
    if (command.startsWith('V')) return '20040107';
    if (mode.kind === 'error') return mode.text;
    if (command.startsWith('U') || command.startsWith('L'))
      return this.session ?? `${firstPort + 2 * (mediaNumber(command) - 1)} ${relayAddress}`;
    return command.startsWith('Q') ? '10 20 30 40 5' : '0';
  }
}

/** Behind the tags, from 1. */
function mediaNumber(command: string): number {
  return Number(/;(\d+)(?: |$)/.exec(command)?.[1] ?? 1);
}
