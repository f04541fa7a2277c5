/**
 * The little Markdown that Lathe itself writes: headings, paragraphs, lists, tables, code, and inline code, bold and
 * links. Everything else stays as it was typed. Gives data, so that no text ever becomes markup.
 */

export interface InlinePart {
  readonly kind: 'text' | 'code' | 'strong'
  readonly text: string
}
export type Inline = readonly InlinePart[]

export type MarkdownBlock =
  | { readonly kind: 'heading'; readonly level: number; readonly content: Inline }
  | { readonly kind: 'paragraph'; readonly content: Inline }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | {
      readonly kind: 'table'
      readonly head: readonly Inline[]
      readonly rows: readonly (readonly Inline[])[]
    }

export function markdownBlocks(markdown: string): MarkdownBlock[] {
  const lines = markdown.replace(/\r\n/g, '\n').split('\n')
  const blocks: MarkdownBlock[] = []
  let next = 0
  /** The lines from here on for as long as they match. */
  const take = (matches: (line: string) => boolean): string[] => {
    const first = next
    while (next < lines.length && matches(lines[next] ?? '')) next++
    return lines.slice(first, next)
  }
  while (next < lines.length) {
    const line = lines[next] ?? ''
    const heading = /^(#{1,6})\s+(.*)$/.exec(line)
    if (line.trim() === '') next++
    else if (heading !== null) {
      const [, marks = '#', text = ''] = heading
      blocks.push({ kind: 'heading', level: marks.length, content: inlineParts(text) })
      next++
    } else if (line.startsWith('```')) {
      next++
      blocks.push({ kind: 'code', text: take((each) => !each.startsWith('```')).join('\n') })
      next++
    } else if (line.startsWith('|')) blocks.push(table(take((each) => each.startsWith('|'))))
    else if (isItem(line)) blocks.push(list(take((each) => isItem(each) || /^\s+\S/.test(each))))
    else {
      const paragraph = take((each) => each.trim() !== '' && !isOtherBlock(each))
      blocks.push({ kind: 'paragraph', content: inlineParts(paragraph.join(' ')) })
    }
  }
  return blocks
}

function isItem(line: string): boolean {
  return /^(?:[-*]|\d+\.)\s+/.test(line)
}

function isOtherBlock(line: string): boolean {
  return /^(?:#{1,6}\s|```|\|)/.test(line) || isItem(line)
}

function list(lines: readonly string[]): MarkdownBlock {
  const items: string[] = []
  for (const line of lines) {
    // A line that is moved in goes on with the item above it.
    if (isItem(line)) items.push(line.replace(/^(?:[-*]|\d+\.)\s+/, ''))
    else items.push(`${items.pop() ?? ''} ${line.trim()}`)
  }
  return { kind: 'list', isOrdered: /^\d/.test(lines[0] ?? ''), items: items.map(inlineParts) }
}

function table(lines: readonly string[]): MarkdownBlock {
  const [head = [], ...rows] = lines
    .filter((line) => !/^\|[\s:|-]+\|?$/.test(line))
    .map((line) =>
      line
        .replace(/^\|/, '')
        .replace(/\|\s*$/, '')
        .split('|')
        .map((cell) => inlineParts(cell.trim()))
    )
  return { kind: 'table', head, rows }
}

function inlineParts(text: string): InlinePart[] {
  return text
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .filter((part) => part !== '')
    .map((part) => {
      if (part.length > 2 && part.startsWith('`')) return { kind: 'code', text: part.slice(1, -1) }
      if (part.length > 4 && part.startsWith('**')) return { kind: 'strong', text: part.slice(2, -2) }
      return { kind: 'text', text: part }
    })
}
