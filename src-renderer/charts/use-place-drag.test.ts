// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { ref } from 'vue'
import { nearestPlace, usePlaceDrag, type PlacedChart, type PlaceRange } from './use-place-drag'

const range = { minimum: 1, maximum: 64 }

describe('the nearest place', () => {
  it.each([
    [12.4, 12],
    [12.6, 13],
    [-3, 1],
    [70, 64]
  ])('of %d is %d', (place, nearest) => {
    expect(nearestPlace(place, range)).toBe(nearest)
  })
})

describe('dragging on a chart', () => {
  /** Ten pixels are one step; below 100 pixels there is the axis. */
  const chart = ref<PlacedChart | null>({
    containPixel: (_, [, y]) => y < 100,
    convertFromPixel: (_, [x]) => [x / 10, 0]
  })

  function dragging(allowed: PlaceRange | undefined = range) {
    const moved: number[] = []
    const element = document.createElement('div')
    element.setPointerCapture = () => undefined
    const listeners = usePlaceDrag(
      chart,
      () => allowed,
      (place) => moved.push(place)
    )
    element.addEventListener('pointerdown', listeners.start)
    element.addEventListener('pointermove', listeners.drag)
    element.addEventListener('pointerup', listeners.end)
    const fire = (type: string, clientX: number, clientY = 50, button = 0) =>
      element.dispatchEvent(new PointerEvent(type, { clientX, clientY, button, isPrimary: true }))
    return { moved, fire }
  }

  it('sets the place where it is pressed, and follows until it is let go', () => {
    const { moved, fire } = dragging()
    fire('pointermove', 10)
    fire('pointerdown', 50)
    fire('pointermove', 90)
    fire('pointermove', 9000)
    fire('pointerup', 9000)
    fire('pointermove', 20)
    expect(moved).toEqual([5, 9, 64])
  })

  it('begins in the plot only, with the first button only, and where places may be set', () => {
    const { moved, fire } = dragging()
    fire('pointerdown', 50, 120)
    fire('pointerdown', 50, 50, 2)
    fire('pointermove', 60)
    expect(moved).toEqual([])
    const moved2: number[] = []
    const { start } = usePlaceDrag(
      chart,
      () => undefined,
      (place) => moved2.push(place)
    )
    start(new PointerEvent('pointerdown', { button: 0, isPrimary: true }))
    expect(moved2).toEqual([])
  })
})
