/** Comparisons and lists over plain strings: 1 is true, -1 false. */

export function isInList(subject: string, list: string, separator: string): number {
  return subject !== '' && list !== '' && list.split(separator).includes(subject) ? 1 : -1;
}

/** Is an element of the list a prefix of the subject? Empty elements are none. */
export function hasPrefixInList(subject: string, list: string, separator: string): number {
  if (subject === '') return -1;
  return list.split(separator).some((element) => element !== '' && subject.startsWith(element)) ? 1 : -1;
}

/** The position counted from 1, or -1; an empty needle is found behind the end, as Kamailio has it. */
export function findString(text: string, wanted: string): number {
  if (wanted === '') return text.length + 1;
  const at = text.indexOf(wanted);
  return at < 0 ? -1 : at + 1;
}

export function checkSeparator(separator: unknown): string | undefined {
  return String(separator).length === 1 ? undefined : 'the separator is one character';
}

export function truth(condition: boolean): number {
  return condition ? 1 : -1;
}
