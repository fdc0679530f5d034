import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { SelectDeclaration } from '../../module/define.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { nameAddrsOf } from '../../sip/headerValues.ts';
import { parseNameAddr } from '../../sip/nameAddr.ts';
import { rewritten } from './contacts.ts';
import type { Nathelper } from './nathelper.ts';

/** The n-th Contact value, from 1, with the source address; null when there is none. */
function rewrittenContact(context: ScriptContext, n: number): string | null {
  const { message } = context;
  const contact = message.has(HeaderKind.contact)
    ? nameAddrsOf(message, HeaderKind.contact)?.[n - 1]
    : undefined;
  const uri = contact === undefined ? undefined : rewritten(context, contact.uri);
  if (contact === undefined || uri === undefined) return null;
  return (
    message.text.slice(contact.start, contact.uriStart) +
    uri +
    message.text.slice(contact.uriEnd, contact.end)
  );
}

function uriIn(value: string | null): Value {
  return value === null ? null : (parseNameAddr(value, 0, value.length)?.uri ?? null);
}

export const selects: Readonly<Record<string, SelectDeclaration<Nathelper>>> = {
  nathelper: {
    doc: 'rewrite_contact[n]: the n-th Contact with the source address and port; .nameaddr.uri gives its URI.',
    bind: (_self, _first, rest) => {
      const [step, ...more] = rest;
      const n = step?.index;
      if (step?.name !== 'rewrite_contact' || typeof n !== 'number') return undefined;
      const names = more.map(({ name }) => name).join('.');
      if (names === '' || names === 'nameaddr') return (context) => rewrittenContact(context, n);
      if (names === 'nameaddr.uri' || names === 'uri')
        return (context) => uriIn(rewrittenContact(context, n));
      return undefined;
    },
  },
};
