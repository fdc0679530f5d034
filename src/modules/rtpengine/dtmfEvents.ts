/** DTMF events that rtpengine reports as JSON over UDP (its option `dtmf-log-dest`). */
import { errorText, ServerError } from '../../base/errors.ts';
import type { DatagramSocket } from '../../base/ports.ts';
import type { Host } from '../../module/host.ts';
import type { RtpengineConfig } from './params.ts';
import type { ScriptVariables } from './scriptVariables.ts';

export const dtmfEvent = 'rtpengine:dtmf-event';

/** Parameters and the members of the report that they get. */
const members: readonly (readonly [parameter: string, member: string])[] = [
  ['dtmf_event_callid', 'callid'],
  ['dtmf_event_source_tag', 'source_tag'],
  ['dtmf_event_source_label', 'source_label'],
  ['dtmf_event_tags', 'tags'],
  ['dtmf_event_type', 'type'],
  ['dtmf_event_timestamp', 'timestamp'],
  ['dtmf_event_source_ip', 'source_ip'],
  ['dtmf_event', 'event'],
  ['dtmf_event_duration', 'duration'],
  ['dtmf_event_volume', 'volume'],
];

/** Longer reports are none. */
const maxReportBytes = 8192;

export class DtmfEvents {
  readonly #host: Host;
  readonly #config: RtpengineConfig;
  readonly #variables: ScriptVariables;
  #socket: DatagramSocket | undefined;

  constructor(host: Host, config: RtpengineConfig, variables: ScriptVariables) {
    this.#host = host;
    this.#config = config;
    this.#variables = variables;
  }

  async start(): Promise<void> {
    const text = this.#config.dtmf_events_sock;
    if (text === '') return;
    const match = /^(?:udp6?:)?\[?(.+?)\]?:(\d+)$/.exec(text);
    const port = Number(match?.[2]);
    if (match === null || port > 65_535)
      throw new ServerError('RTPENGINE_DTMF', `dtmf_events_sock '${text}' is no address:port`);
    this.#socket = await this.#host.net.bindDatagram(match[1] ?? '', port, {
      onDatagram: (data) => this.#receive(data),
      onError: (error) => this.#host.log.warn(`dtmf_events_sock: ${error.message}`),
    });
  }

  stop(): void {
    this.#socket?.close();
  }

  #receive(data: Buffer): void {
    const report = data.length > maxReportBytes ? undefined : parseReport(data.toString('utf8'));
    if (report === undefined) {
      this.#host.log.warn('a DTMF report is no JSON object');
      return;
    }
    const { routes } = this.#host;
    if (!routes.has('event', dtmfEvent)) return;
    const context = routes.fakeContext();
    for (const [parameter, member] of members) {
      const value = scriptValue(report[member]);
      if (value !== undefined) this.#variables.set(parameter, context, value);
    }
    Promise.resolve(routes.run('event', dtmfEvent, context)).catch((error: unknown) =>
      this.#host.log.error(`event_route[${dtmfEvent}]: ${errorText(error)}`),
    );
  }
}

function parseReport(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function scriptValue(value: unknown): string | number | undefined {
  if (typeof value === 'string' || typeof value === 'number') return value;
  return Array.isArray(value) ? value.map(String).join(',') : undefined;
}
