import { describe, expect, it } from 'vitest'
import { boundsOnScreen } from './window-bounds'

const main = { x: 0, y: 25, width: 1920, height: 1055 }
const right = { x: 1920, y: 0, width: 1280, height: 1024 }
const was = { x: 2000, y: 100, width: 1000, height: 700 }

describe('the place of the window', () => {
  it('is left to the system the first time', () => {
    expect(boundsOnScreen(undefined, [main])).toEqual({ width: 1280, height: 800 })
  })

  it('is where it was', () => {
    expect(boundsOnScreen(was, [main, right])).toEqual(was)
  })

  it('keeps only its size when the display is gone', () => {
    expect(boundsOnScreen(was, [main])).toEqual({ width: 1000, height: 700 })
  })

  it.each([
    ['too far to the right', { ...was, x: 3150 }],
    ['too far to the left', { ...was, x: -950 }],
    ['below the screen', { ...was, x: 0, y: 1075 }],
    ['with its title bar above the screen', { ...was, x: 0, y: -10 }]
  ])('is given up when it is %s', (_, bounds) => {
    expect(boundsOnScreen(bounds, [main, right])).toEqual({ width: 1000, height: 700 })
  })

  it('may reach over an edge as long as it can be taken hold of', () => {
    expect(boundsOnScreen({ ...was, x: -800, y: 30 }, [main])).toMatchObject({ x: -800, y: 30 })
  })

  it('is no larger than the screen and no smaller than the window may be', () => {
    expect(boundsOnScreen({ x: 0, y: 30, width: 9000, height: 9000 }, [main])).toMatchObject({
      width: 1920,
      height: 1055
    })
    expect(boundsOnScreen({ x: 0, y: 30, width: 200, height: 10 }, [main])).toMatchObject({
      width: 480,
      height: 400
    })
    expect(boundsOnScreen(undefined, [{ x: 0, y: 0, width: 1024, height: 700 }])).toEqual({
      width: 1024,
      height: 700
    })
  })

  it('does without any display', () => {
    expect(boundsOnScreen(was, [])).toEqual({ width: 1000, height: 700 })
  })
})
