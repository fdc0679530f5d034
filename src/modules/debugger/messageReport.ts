import type { ScriptContext } from '../../module/context.ts';
import type { Edit } from '../../sip/editList.ts';
import { renderRequest, renderResponse } from '../../sip/render.ts';

function line(title: string): string {
  const dashes = 79 - title.length - 2;
  const left = '-'.repeat(Math.floor(dashes / 2));
  return `${left} ${title} ${'-'.repeat(dashes - left.length)}\n`;
}

/** What an edit takes away, behind a minus sign, and what it puts there. */
function editText(text: string, { start, end, text: added }: Edit): string {
  const removed = end > start ? `- ${ended(text.slice(start, end))}` : '';
  // some texts depend on the socket that the copy leaves by
  const shown = typeof added === 'string' ? added : added(undefined);
  return removed + (shown === '' ? '' : ended(shown));
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\r\n`;
}

/** The message as it would leave now, and what has been changed on it. `configLine` is where it was asked for. */
export function messageReport(context: ScriptContext, configLine: number | undefined): string {
  const { message, newBody, target } = context;
  const now = message.isRequest
    ? renderRequest(message, { requestUri: target.requestUri, body: newBody })
    : renderResponse(message, { body: newBody });
  const inHeader = (edit: Edit): boolean => edit.start < message.bodyStart;
  const { edits } = message.edits;
  const diffs = (wanted: (edit: Edit) => boolean): string =>
    edits
      .filter(wanted)
      .map((edit) => editText(message.text, edit))
      .join('');
  const bodyDiff =
    newBody === undefined
      ? diffs((edit) => !inHeader(edit))
      : `- ${ended(message.text.slice(message.bodyStart, message.bodyEnd))}${ended(newBody)}`;
  return (
    `CONFIG LINE ${configLine ?? 'unknown'}\n` +
    line('START OF SIP message debug') +
    ended(now) +
    line('SIP header diffs') +
    diffs(inHeader) +
    line('SIP body diffs') +
    bodyDiff +
    line('END OF SIP message debug')
  );
}
