import { describe, expect, it } from 'vitest'
import { markdownBlocks } from './markdown-blocks'

const text = (content: string) => [{ kind: 'text', text: content }]

describe('Markdown', () => {
  it('becomes headings, paragraphs and lists', () => {
    expect(markdownBlocks('# A tier\n\nMade by\nLathe.\n- one\n- two\n  goes on\n\n1. first\n')).toEqual([
      { kind: 'heading', level: 1, content: text('A tier') },
      { kind: 'paragraph', content: text('Made by Lathe.') },
      { kind: 'list', isOrdered: false, items: [text('one'), text('two goes on')] },
      { kind: 'list', isOrdered: true, items: [text('first')] }
    ])
  })

  it('becomes tables without the line under their head', () => {
    expect(markdownBlocks('| key | meaning |\n|---|:--|\n| a | b |')).toEqual([
      { kind: 'table', head: [text('key'), text('meaning')], rows: [[text('a'), text('b')]] }
    ])
  })

  it('becomes code that is left as it is, also when it never ends', () => {
    expect(markdownBlocks('```json\n{ "a": 1 }\n\n# no heading\n```\nafter')).toEqual([
      { kind: 'code', text: '{ "a": 1 }\n\n# no heading' },
      { kind: 'paragraph', content: text('after') }
    ])
    expect(markdownBlocks('```\nopen')).toEqual([{ kind: 'code', text: 'open' }])
  })

  it('has code, bold and the words of links inside', () => {
    expect(markdownBlocks('See `a.json` and **this** [page](https://example.org), 2 * 3 * 4.')).toEqual([
      {
        kind: 'paragraph',
        content: [
          { kind: 'text', text: 'See ' },
          { kind: 'code', text: 'a.json' },
          { kind: 'text', text: ' and ' },
          { kind: 'strong', text: 'this' },
          { kind: 'text', text: ' page, 2 * 3 * 4.' }
        ]
      }
    ])
  })
})
