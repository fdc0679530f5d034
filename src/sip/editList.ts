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

  constructor(from?: EditList) {
    this.#edits = from === undefined ? [] : from.#edits.slice();
  }

  get size(): number {
    return this.#edits.length;
  }

  /** Sorted by place, then rank, then the order of asking. */
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

  /**
   * Replacements of many places, sorted by place: merged in at once, so that thousands of them over thousands
   * of others take no time worth speaking of.
   */
  replaceAll(
    found: readonly { readonly start: number; readonly end: number; readonly text: string }[],
  ): void {
    if (found.length < 4) {
      for (const { start, end, text } of found) this.replace(start, end, text);
      return;
    }
    const before = this.#edits.slice();
    this.#edits.length = 0;
    let i = 0;
    for (const { start, end, text } of found) {
      const edit = { start, end, text, rank: 0 };
      while (i < before.length && compareEdits(before[i] as Edit, edit) <= 0)
        this.#edits.push(before[i++] as Edit);
      this.#edits.push(edit);
    }
    while (i < before.length) this.#edits.push(before[i++] as Edit);
  }

  /** Takes all edits back that a test picks; how many those were. */
  revokeWhere(picked: (edit: Edit) => boolean): number {
    let kept = 0;
    for (const edit of this.#edits) if (!picked(edit)) this.#edits[kept++] = edit;
    const revoked = this.#edits.length - kept;
    this.#edits.length = kept;
    return revoked;
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
  }

  /** Becomes a copy of another list. */
  assign(other: EditList): void {
    this.#edits.length = 0;
    for (const edit of other.#edits) this.#edits.push(edit);
  }

  clone(): EditList {
    return new EditList(this);
  }

  /** Keeps the list sorted; edits equal in place and rank stay in the order of asking. */
  #add(edit: Edit): Edit {
    let at = this.#edits.length;
    while (at > 0 && compareEdits(this.#edits[at - 1] as Edit, edit) > 0) at--;
    if (at === this.#edits.length) this.#edits.push(edit);
    else this.#edits.splice(at, 0, edit);
    return edit;
  }

  /**
   * `text[from, to)` with all edits inside applied, insertions at both ends included. Overlapping removals
   * merge; insertions inside a removal survive.
   */
  render(text: string, from: number, to: number, hop?: OutgoingHop): string {
    return this.#edits.length === 0
      ? text.slice(from, to)
      : applyEdits(text, { from, to, last: to }, this.#edits, noEdits, hop);
  }

  /**
   * Like `render`, with edits of this one rendering (`overlay`, sorted by place) merged in, behind those of
   * the list where both are at one place, and without what begins at `to`.
   */
  renderWith(text: string, from: number, to: number, overlay: readonly Edit[], hop?: OutgoingHop): string {
    return applyEdits(text, { from, to, last: to - 1 }, this.#edits, overlay, hop);
  }

  /** True if some edit begins at or behind `offset`, or reaches over it. */
  reaches(offset: number): boolean {
    for (let i = this.#edits.length - 1; i >= 0; i--) {
      const edit = this.#edits[i] as Edit;
      if (edit.start >= offset || edit.end > offset) return true;
    }
    return false;
  }
}

const noEdits: readonly Edit[] = [];

/** A part of the text, and the highest place of an edit that still belongs to it. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly last: number;
}

function applyEdits(
  text: string,
  range: Range,
  edits: readonly Edit[],
  overlay: readonly Edit[],
  hop: OutgoingHop | undefined,
): string {
  let out = '';
  let position = range.from;
  let i = 0;
  let j = 0;
  while (i < edits.length || j < overlay.length) {
    const own = edits[i];
    const other = overlay[j];
    const takesOther = other !== undefined && (own === undefined || other.start < own.start);
    const edit = (takesOther ? other : own) as Edit;
    if (edit.start > range.last) break;
    if (takesOther) j++;
    else i++;
    if (edit.start >= range.from) {
      if (edit.start > position) out += text.slice(position, edit.start);
      out += typeof edit.text === 'string' ? edit.text : edit.text(hop);
      if (edit.start > position) position = edit.start;
    }
    if (edit.end > position) position = edit.end;
  }
  return position < range.to ? out + text.slice(position, range.to) : out;
}

/** By place, then by rank. */
function compareEdits(a: Edit, b: Edit): number {
  return a.start - b.start || a.rank - b.rank;
}
