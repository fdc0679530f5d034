import type { ScriptContext } from '../../module/context.ts';
import type { SipMessage } from '../../sip/message.ts';

/** Iterators of one kind that may be open at the same time, as in Kamailio. */
const maxOpen = 4;

/** A piece of the message that an iterator stands on. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

export interface HeaderPiece extends Piece {
  readonly name: string;
  readonly body: string;
}

/** A walk over pieces of the message as it was when the walk began. */
class Walk<P extends Piece> {
  readonly message: SipMessage;
  readonly #pieces: readonly P[];
  #at = -1;

  constructor(message: SipMessage, pieces: readonly P[]) {
    this.message = message;
    this.#pieces = pieces;
  }

  get current(): P | undefined {
    return this.#at < 0 ? undefined : this.#pieces[this.#at];
  }

  next(): boolean {
    if (this.#at < this.#pieces.length) this.#at++;
    return this.#at < this.#pieces.length;
  }

  previous(): void {
    if (this.#at >= 0) this.#at--;
  }
}

/** The named iterators of one kind; they live with the run of the script. */
export class Iterators<P extends Piece> {
  readonly #key: symbol;
  readonly #list: (message: SipMessage) => P[];
  readonly #complain: (text: string) => void;

  constructor(name: string, list: (message: SipMessage) => P[], complain: (text: string) => void) {
    this.#key = Symbol(name);
    this.#list = list;
    this.#complain = complain;
  }

  #walks(context: ScriptContext): Map<string, Walk<P>> {
    let walks = context.scratch.get(this.#key) as Map<string, Walk<P>> | undefined;
    if (walks === undefined) {
      walks = new Map();
      context.scratch.set(this.#key, walks);
    }
    return walks;
  }

  #walk(context: ScriptContext, name: string): Walk<P> | undefined {
    const walk = this.#walks(context).get(name);
    if (walk === undefined) this.#complain(`no iterator ${name} is open`);
    return walk;
  }

  start(context: ScriptContext, name: string): number {
    const walks = this.#walks(context);
    if (walks.size >= maxOpen && !walks.has(name)) {
      this.#complain(`${maxOpen} iterators are open already`);
      return -1;
    }
    walks.set(name, new Walk(context.message, this.#list(context.message)));
    return 1;
  }

  end(context: ScriptContext, name: string): number {
    if (this.#walk(context, name) === undefined) return -1;
    this.#walks(context).delete(name);
    return 1;
  }

  next(context: ScriptContext, name: string): number {
    return this.#walk(context, name)?.next() === true ? 1 : -1;
  }

  previous(context: ScriptContext, name: string): number {
    const walk = this.#walk(context, name);
    walk?.previous();
    return walk === undefined ? -1 : 1;
  }

  current(context: ScriptContext, name: string): P | undefined {
    return this.#walks(context).get(name)?.current;
  }

  remove(context: ScriptContext, name: string): number {
    return this.#edit(context, name, (message, piece) => message.edits.remove(piece.start, piece.end));
  }

  append(context: ScriptContext, name: string, text: string): number {
    return this.#edit(context, name, (message, piece) => message.edits.insert(piece.end, text));
  }

  insert(context: ScriptContext, name: string, text: string): number {
    return this.#edit(context, name, (message, piece) => message.edits.insert(piece.start, text));
  }

  #edit(context: ScriptContext, name: string, edit: (message: SipMessage, piece: P) => void): number {
    const walk = this.#walk(context, name);
    const piece = walk?.current;
    // behind msg_apply_changes the pieces are those of a message that is gone
    if (walk === undefined || piece === undefined || walk.message !== context.message) return -1;
    edit(walk.message, piece);
    return 1;
  }
}

export function headerPieces(message: SipMessage): HeaderPiece[] {
  return Array.from({ length: message.headerCount }, (_unused, i) => ({
    start: message.headerStart(i),
    end: message.headerEnd(i),
    name: message.headerName(i),
    body: message.headerValue(i),
  }));
}

/** Lines of the body with their ends. */
export function bodyLinePieces(message: SipMessage): Piece[] {
  const pieces: Piece[] = [];
  for (let start = message.bodyStart; start < message.bodyEnd; ) {
    const lineFeed = message.text.indexOf('\n', start);
    const end = lineFeed < 0 || lineFeed >= message.bodyEnd ? message.bodyEnd : lineFeed + 1;
    pieces.push({ start, end });
    start = end;
  }
  return pieces;
}
