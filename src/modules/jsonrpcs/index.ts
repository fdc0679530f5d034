import type { ScriptContext } from '../../module/context.ts';
import { arg, defineModule } from '../../module/define.ts';
import type { JsonRpcsApi } from './api.ts';
import { JsonRpcServer } from './jsonRpcServer.ts';

const keys = ['code', 'text', 'body'] as const;

export default defineModule({
  name: 'jsonrpcs',
  summary: 'JSON-RPC 2.0 on a FIFO, on datagram sockets, and for scripts.',
  params: {
    pretty_format: { type: 'int', default: 1, min: 0, max: 1, doc: '1: answers with line ends and tabs.' },
    transport: {
      type: 'int',
      default: 6,
      min: 0,
      max: 7,
      doc: 'Sum of 1 (HTTP), 2 (FIFO), 4 (datagram); 0 for all.',
    },
    fifo_name: {
      type: 'string',
      default: 'kamailio_rpc.fifo',
      doc: 'FIFO for requests; relative to run_dir.',
    },
    fifo_mode: { type: 'int', default: 0o660, min: 0, max: 0o7777, doc: 'Permissions of the FIFO.' },
    fifo_user: { type: 'any', default: '', doc: 'Owner of the FIFO.' },
    fifo_group: { type: 'any', default: '', doc: 'Group of the FIFO.' },
    fifo_reply_dir: { type: 'string', default: '/tmp/', doc: 'Directory of the FIFOs that answers go to.' },
    dgram_socket: {
      type: 'string',
      default: 'kamailio_rpc.sock',
      doc: 'Unix datagram socket (relative to run_dir), or `udp:address:port`.',
    },
    dgram_mode: {
      type: 'int',
      default: 0o660,
      min: 0,
      max: 0o7777,
      doc: 'Permissions of the Unix datagram socket.',
    },
    dgram_user: { type: 'any', default: '', doc: 'Owner of the Unix datagram socket.' },
    dgram_group: { type: 'any', default: '', doc: 'Group of the Unix datagram socket.' },
    dgram_workers: {
      type: 'meaningless',
      default: 1,
      because: 'one process answers all clients',
      doc: 'Worker processes.',
    },
    dgram_timeout: {
      type: 'meaningless',
      default: 2000,
      because: 'an answer is sent once and never waits',
      doc: 'Send timeout, ms.',
    },
  },
  create: (host, config) => new JsonRpcServer(host, config),
  functions: ({ signature }) => ({
    jsonrpc_dispatch: {
      doc: 'Answers the JSON-RPC request in the body of an HTTP request. Needs module xhttp.',
      routes: ['request', 'event'],
      returns: { [-1]: 'there is no HTTP request, or xhttp is not loaded' },
      signatures: [
        signature({ kemi: 'dispatch', waits: true, run: (self, context) => self.dispatchHttp(context) }),
      ],
    },
    jsonrpc_exec: {
      doc: 'Runs a JSON-RPC document; the outcome is in $jsonrpl(code), $jsonrpl(text), $jsonrpl(body).',
      returns: { 1: 'the method answered', [-1]: 'it failed' },
      signatures: [
        signature({
          kemi: 'exec',
          waits: true,
          args: [arg.string('document', 'A whole JSON-RPC request.')],
          run: (self, context, document) => self.execute(context, document),
        }),
      ],
    },
  }),
  pvs: {
    jsonrpl: {
      doc: 'Outcome of jsonrpc_exec: `code`, `text` or `body`.',
      inner: 'required',
      bind: (self, pv) => {
        const key = keys.find((each) => each === pv.inner);
        if (key === undefined) return { message: '$jsonrpl(...) takes code, text or body' };
        return { get: (context: ScriptContext) => self.outcomeValue(context, key) };
      },
    },
  },
  rpc: {
    'jsonrpc.echo': {
      doc: 'Gives its arguments back.',
      args: [{ name: 'argument', type: 'any', rest: true }],
      returnsArray: true,
      run: (_self, args) => args,
    },
  },
  api: (self): JsonRpcsApi => ({ answer: (document) => self.dispatcher.answer(document) }),
  start: (self) => self.start(),
  stop: (self) => self.stop(),
});
