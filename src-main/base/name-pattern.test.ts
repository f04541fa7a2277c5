import { expect, it } from 'vitest'
import { namePattern } from './name-pattern'

it('lets a star stand for any text and nothing else be special', () => {
  expect(namePattern('/blocks.3/*').test('/blocks.3/attn/MatMul')).toBe(true)
  expect(namePattern('/blocks.3/*').test('/blocks/3/attn/MatMul')).toBe(false)
  expect(namePattern('a.b').test('axb')).toBe(false)
  expect(namePattern('*').test('two\nlines')).toBe(true)
  expect(namePattern('[a-b]+(c)|d').test('[a-b]+(c)|d')).toBe(true)
})
