import { describe, expect, it } from 'vitest'
import { escapeHtml, Html, html, noHtml } from './html'

describe('html', () => {
  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    [`" onload='x' &`, '&quot; onload=&#39;x&#39; &amp;'],
    ['a\u0000b\u001bc\td', 'a\u{fffd}b\u{fffd}c\td'],
    [7, '7']
  ])('escapes %j', (text, markup) => {
    expect(html`<p title="${text}">${text}</p>`.markup).toBe(`<p title="${markup}">${markup}</p>`)
  })

  it('keeps markup, also a list of it', () => {
    const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`)
    const list = html`${items}${noHtml}${new Html('<hr>')}`
    expect(list.markup).toBe('<li>a</li><li>&lt;b&gt;</li><hr>')
  })
})

describe('escapeHtml', () => {
  it('does not escape twice what it is not given twice', () => {
    expect(escapeHtml('&amp;')).toBe('&amp;amp;')
  })
})
