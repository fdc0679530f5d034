/**
 * Pending changes to a message's text, in the order in which they were asked for. They become visible
 * when the message is rendered (sending, or Kamailio's `msg_apply_changes`), never before.
 */

/** What is known only when a message leaves: the socket and the next hop of this very copy. */
export interface OutgoingHop {
  readonly proto: string;
  /** `host[:port]` of the sending socket as others should see it, without `:5060`-style elision. */
  readonly sentByHost: string;
  readonly sentByPort: number;
  readonly destination: { readonly address: string; readonly port: number } | undefined;
}

export type EditText = string | ((hop: OutgoingHop | undefined) => string);

export interface Edit {
  /** Offsets in the received text; equal for an insertion. */
  readonly start: number;
  readonly end: number;
  readonly text: EditText;
  /** Order among edits at one place: lower first; the default is 0. */
  readonly rank: number;
}

export class EditList {
  readonly #edits: Edit[];
  #sorted = true;

  constructor(from?: EditList) {
    this.#edits = from === undefined ? [] : from.#edits.slice();
    this.#sorted = from === undefined ? true : from.#sorted;
  }

  get size(): number {
    return this.#edits.length;
  }

  get edits(): readonly Edit[] {
    return this.#edits;
  }

  insert(offset: number, text: EditText, rank = 0): Edit {
    return this.#add({ start: offset, end: offset, text, rank });
  }

  remove(start: number, end: number): Edit {
    return this.#add({ start, end, text: '', rank: 0 });
  }

  replace(start: number, end: number, text: EditText): Edit {
    return this.#add({ start, end, text, rank: 0 });
  }

  /** Takes an edit back; false when it is not there any more. */
  revoke(edit: Edit): boolean {
    const at = this.#edits.indexOf(edit);
    if (at < 0) return false;
    this.#edits.splice(at, 1);
    return true;
  }

  /** True if `[start, end)` lies wholly inside a removal or replacement. */
  covers(start: number, end: number): boolean {
    return this.#edits.some((edit) => edit.end > edit.start && edit.start <= start && edit.end >= end);
  }

  clear(): void {
    this.#edits.length = 0;
    this.#sorted = true;
  }

  clone(): EditList {
    return new EditList(this);
  }

  #add(edit: Edit): Edit {
    const last = this.#edits[this.#edits.length - 1];
    if (last !== undefined && compareEdits(last, edit) > 0) this.#sorted = false;
    this.#edits.push(edit);
    return edit;
  }

  /** `text[from, to)` with all edits inside applied. Overlapping removals merge; insertions inside a removal survive. */
  render(text: string, from: number, to: number, hop?: OutgoingHop): string {
    if (this.#edits.length === 0) return text.slice(from, to);
    if (!this.#sorted) {
      this.#edits.sort(compareEdits);
      this.#sorted = true;
    }
    let out = '';
    let position = from;
    for (let i = 0; i < this.#edits.length; i++) {
      const edit = this.#edits[i] as Edit;
      if (edit.start < from || edit.start > to) continue;
      if (edit.start > position) {
        out += text.slice(position, edit.start);
        position = edit.start;
      }
      out += typeof edit.text === 'string' ? edit.text : edit.text(hop);
      if (edit.end > position) position = edit.end;
    }
    return position < to ? out + text.slice(position, to) : out;
  }
}

/** By place, then by rank; Array.prototype.sort is stable, so equals keep the order of asking. */
function compareEdits(a: Edit, b: Edit): number {
  return a.start - b.start || a.rank - b.rank;
}
