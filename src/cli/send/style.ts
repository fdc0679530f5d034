/** Colours of a terminal, or none. */
export interface Style {
  sent(text: string): string;
  received(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

const codes = { sent: 36, received: 35, good: 32, bad: 31, strong: 1, faint: 2 } as const;

export function makeStyle(colored: boolean): Style {
  const paint = (name: keyof typeof codes) => (text: string) =>
    colored ? `\u001b[${codes[name]}m${text}\u001b[0m` : text;
  return {
    sent: paint('sent'),
    received: paint('received'),
    good: paint('good'),
    bad: paint('bad'),
    strong: paint('strong'),
    faint: paint('faint'),
  };
}

/** 200 is good, 180 is faint, 404 is bad; a challenge is neither. */
export function paintStatus(style: Style, status: number, text: string): string {
  if (status < 200) return style.faint(text);
  if (status === 401 || status === 407) return text;
  return status < 300 ? style.good(text) : style.bad(text);
}

/** Control characters of a peer's text must not reach the terminal. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (char) =>
    char === '\r' ? '' : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
