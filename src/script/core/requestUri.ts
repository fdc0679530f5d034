import type { ScriptContext } from '../../module/context.ts';
import { arg } from '../../module/define.ts';
import { splitUri } from '../../sip/uriParts.ts';
import {
  withHost,
  withHostPort,
  withHostPortTransport,
  withParam,
  withPort,
  withUser,
  withUserAndPassword,
} from '../../sip/uriRewrite.ts';
import type { CoreFunctions, CoreState, CoreTools } from './state.ts';

/** Core functions that rewrite the Request-URI of the first branch. */

/** Takes a new Request-URI; -1 when there is none. */
function take(self: CoreState, context: ScriptContext, uri: string | undefined): number {
  if (uri === undefined) {
    self.host.log.error(`cannot rewrite the Request-URI <${context.target.requestUri}>: it is malformed`);
    return -1;
  }
  context.target.requestUri = uri;
  context.target.connectionId = 0;
  context.uriChanged = true;
  return 1;
}

type Change = (uri: string, value: string) => string | undefined;

function addPrefix(uri: string, prefix: string): string | undefined {
  const user = splitUri(uri)?.user;
  return user === undefined ? undefined : withUser(uri, prefix + user);
}

/** Drops `count` characters of the user at one end; with it all, the whole user part goes. */
function stripUser(self: CoreState, uri: string, count: number, tail: boolean): string | undefined {
  const user = splitUri(uri)?.user;
  if (user === undefined) return undefined;
  if (count > user.length)
    self.host.log.warn(`too long strip asked; deleting username: ${count} of <${user}>`);
  if (count >= user.length) return withUser(uri, '');
  return withUser(uri, tail ? user.slice(0, user.length - count) : user.slice(count));
}

export function requestUriFunctions({ signature }: CoreTools): CoreFunctions {
  const rewriter = (
    doc: string,
    name: string,
    aliases: readonly string[],
    kemi: string | undefined,
    change: Change,
  ): CoreFunctions[string] => ({
    doc,
    aliases,
    returns: { 1: 'done', [-1]: 'the Request-URI is malformed' },
    signatures: [
      signature({
        ...(kemi === undefined ? {} : { kemi }),
        args: [arg.string(name, 'the new text')],
        run: (self, context, text) => take(self, context, change(context.target.requestUri, text)),
      }),
    ],
  });
  const stripper = (doc: string, kemi: string, tail: boolean): CoreFunctions[string] => ({
    doc,
    returns: { 1: 'done', [-1]: 'the Request-URI is malformed' },
    signatures: [
      signature({
        kemi,
        args: [arg.int('count', 'number of characters')],
        run: (self, context, count) =>
          take(self, context, stripUser(self, context.target.requestUri, count, tail)),
      }),
    ],
  });
  return {
    rewriteuri: rewriter(
      'Replaces the whole Request-URI.',
      'uri',
      ['seturi'],
      'seturi',
      (_uri, value) => value,
    ),
    rewritehost: rewriter('Replaces the host.', 'host', ['sethost', 'seth'], 'sethost', withHost),
    rewritehostport: rewriter(
      'Replaces host and port.',
      'hostport',
      ['sethostport', 'sethp'],
      undefined,
      withHostPort,
    ),
    rewritehostporttrans: rewriter(
      'Replaces host, port and transport.',
      'hostport',
      ['sethostporttrans', 'sethpt'],
      undefined,
      withHostPortTransport,
    ),
    rewriteport: rewriter(
      'Replaces the port; an empty one takes it away.',
      'port',
      ['setport', 'setp'],
      undefined,
      withPort,
    ),
    rewriteuser: rewriter('Replaces the user.', 'user', ['setuser', 'setu'], 'setuser', withUser),
    rewriteuserpass: rewriter(
      'Replaces user and password.',
      'userpass',
      ['setuserpass', 'setup'],
      undefined,
      withUserAndPassword,
    ),
    prefix: rewriter('Puts a text before the user.', 'prefix', [], 'prefix', addPrefix),
    strip: stripper('Drops the first characters of the user.', 'strip', false),
    strip_tail: stripper('Drops the last characters of the user.', 'strip_tail', true),
    userphone: {
      doc: 'Adds user=phone to the Request-URI unless it is there.',
      returns: { 1: 'done', [-1]: 'the Request-URI is malformed' },
      signatures: [
        signature({
          run: (self, context) => {
            const uri = context.target.requestUri;
            if (splitUri(uri)?.param('user')?.toLowerCase() === 'phone') return 1;
            return take(self, context, withParam(uri, 'user=phone'));
          },
        }),
      ],
    },
    revert_uri: {
      doc: 'Restores the Request-URI as it was received.',
      returns: { 1: 'done' },
      signatures: [
        signature({
          kemi: 'revert_uri',
          run: (_self, context) => {
            context.target.requestUri = context.message.requestUri;
            context.target.connectionId = 0;
            context.uriChanged = false;
            return 1;
          },
        }),
      ],
    },
  };
}
