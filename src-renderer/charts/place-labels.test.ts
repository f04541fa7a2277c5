import { describe, expect, it } from 'vitest'
import { intersect, placeLabels, shortened, textWidth, type Box, type LabelGround } from './place-labels'

const area = { x: 50, y: 30, width: 600, height: 400 }
const ground: LabelGround = { area, taken: [], avoided: [], distance: 14 }
const around = (x: number, y: number, half: number): Box => ({
  x: x - half,
  y: y - half,
  width: 2 * half,
  height: 2 * half
})

/** Seeded places, some of them on each other. */
function wishesFor(count: number, text: string) {
  let state = 7
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
  return Array.from({ length: count }, (_, index) => ({
    x: area.x + area.width * next(),
    y: area.y + area.height * next() * 0.3,
    text: `${text} ${index}`
  }))
}

describe('placeLabels', () => {
  it('puts a name at the left of its mark, and at the right where the left edge would cut it', () => {
    const [left, right] = placeLabels(
      [
        { x: 400, y: 200, text: 'half' },
        { x: 60, y: 100, text: 'half' }
      ],
      ground
    )
    expect(left).toMatchObject({ side: 'left', text: 'half', isShifted: false })
    expect(left!.box.x + left!.box.width).toBe(400 - 14)
    expect(right).toMatchObject({ side: 'right', box: { x: 74 } })
  })

  it.each([3, 12, 40])('never lets %d long names lie on each other, on marks or over the edge', (count) => {
    const wishes = wishesFor(count, 'whitened-svd water-filling sequential int8')
    const taken = wishes.map(({ x, y }) => around(x, y, 10))
    const placed = placeLabels(wishes, { ...ground, taken }).flatMap((each) => each ?? [])
    expect(placed.length).toBeGreaterThan(Math.min(2, count - 1))
    for (const [index, { box }] of placed.entries()) {
      const others = [...taken, ...placed.filter((_, other) => other !== index).map((each) => each.box)]
      expect(others.some((other) => intersect(box, other))).toBe(false)
      expect(box.x).toBeGreaterThanOrEqual(area.x)
      expect(box.x + box.width).toBeLessThanOrEqual(area.x + area.width)
      expect(box.y).toBeGreaterThanOrEqual(area.y)
      expect(box.y + box.height).toBeLessThanOrEqual(area.y + area.height)
    }
  })

  it('goes around what is only to be avoided, and onto it when all else is taken', () => {
    const wish = { x: 400, y: 200, text: 'half' }
    const beside = { x: 300, y: 190, width: 90, height: 20 }
    const [around] = placeLabels([wish], { ...ground, avoided: [beside] })
    expect(around).toMatchObject({ side: 'right' })
    const [onto] = placeLabels([wish], { ...ground, avoided: [area] })
    expect(onto).toMatchObject({ side: 'left', isShifted: false })
  })

  it('shortens a name that finds no place, and leaves it away when even that does not help', () => {
    const narrow = { ...area, width: textWidth('x'.repeat(20)) + 30 }
    const wish = { x: narrow.x + narrow.width, y: 200, text: 'x'.repeat(40) }
    expect(placeLabels([wish], { ...ground, area: narrow })[0]?.text).toHaveLength(20)
    expect(placeLabels([wish], { ...ground, area: { ...area, width: 40 } })).toEqual([undefined])
  })
})

describe('shortened', () => {
  it('takes letters out of the middle', () => {
    expect(shortened('whitened-svd 50% int8', 40)).toBe('whitened-svd 50% int8')
    expect(shortened('whitened-svd 50% int8', 12)).toBe('whiten… int8')
    expect([...shortened('日本語の名前です', 5)]).toHaveLength(5)
  })
})
