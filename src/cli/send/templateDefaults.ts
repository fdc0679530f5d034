import { defaultFields, defaultMessageText, defaultSdp, defaultTemplate } from '../../client/defaults.ts';

/** `--template-defaults`. */
export function templateDefaultsText(): string {
  return [
    'Request (--template-file):',
    '',
    indented(defaultTemplate),
    'Fields (--fields-file):',
    '',
    indented(JSON.stringify(defaultFields, undefined, 2)),
    '',
    'Body of INVITE (--template-body-file; lines end in CRLF):',
    '',
    indented(defaultSdp),
    'Body of MESSAGE:',
    '',
    indented(defaultMessageText),
  ].join('\n');
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}
