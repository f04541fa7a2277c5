import { describe, expect, it } from 'vitest'
import table from './british-spellings.generated.json' with { type: 'json' }
import { americanizeSpelling } from './spelling'

const entries = Object.entries(table.spellings)

describe('the spelling table', () => {
  it('has the 1,739 entries of the released one', () => {
    expect(entries).toHaveLength(1739)
  })

  it('is as long as the released one to the character', () => {
    // There it is indented by four and ends without a line break.
    expect(JSON.stringify(table.spellings, null, 4)).toHaveLength(56_128)
  })

  it('names its licence', () => {
    expect(table.notice).toContain('MIT License, Copyright (c) 2022 OpenAI')
  })

  it('never maps onto another entry, so that once is enough', () => {
    const spellings = entries.map(([, american]) => american)
    expect(spellings.filter((american) => Object.hasOwn(table.spellings, american))).toEqual([])
  })
})

describe('americanizeSpelling', () => {
  it('replaces whole words, every one', () => {
    expect(americanizeSpelling('the colour of  colours\tcolourists')).toBe('the color of colors colourists')
  })

  it('is the identity on words that are keys of any object', () => {
    expect(americanizeSpelling('constructor __proto__ hasOwnProperty')).toBe(
      'constructor __proto__ hasOwnProperty'
    )
  })
})
