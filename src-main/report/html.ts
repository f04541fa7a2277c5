/**
 * Markup in which every inserted text is escaped unless it is markup itself. All HTML of the report goes through here,
 * so that a name or a transcript from a file can never become an element, an attribute or a script.
 */

/** Markup that is safe to insert as it is. */
export class Html {
  constructor(readonly markup: string) {}
}

type Insertion = string | number | Html | readonly Html[]

/** Template tag: texts are escaped, `Html` is inserted as it is, an array of it without anything between. */
export function html(parts: TemplateStringsArray, ...insertions: readonly Insertion[]): Html {
  const inserted = insertions.map((insertion, index) => `${markupOf(insertion)}${parts[index + 1]!}`)
  return new Html(`${parts[0]!}${inserted.join('')}`)
}

/** Nothing. */
export const noHtml = new Html('')

function markupOf(insertion: Insertion): string {
  if (insertion instanceof Html) return insertion.markup
  if (typeof insertion === 'object') return insertion.map(({ markup }) => markup).join('')
  return escapeHtml(String(insertion))
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}

/** Safe in text and in quoted attributes. Control characters, which no document may hold, are replaced. */
export function escapeHtml(text: string): string {
  return withoutControlCharacters(text).replace(/[&<>"']/g, (character) => entities[character]!)
}

/** Characters that no document may hold become the replacement character. */
export function withoutControlCharacters(text: string): string {
  return text.replace(forbiddenCharacters, '\u{fffd}')
}

const forbiddenCharacters = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g
