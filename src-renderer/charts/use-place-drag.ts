import type { Ref } from 'vue'

/** The part of a chart that turns pixels into places; a chart that is not drawn yet has no places. */
export interface PlacedChart {
  containPixel(finder: string, pixel: [number, number]): boolean
  convertFromPixel(finder: string, pixel: [number, number]): number | number[]
}

/** Whole numbers that a place on the horizontal axis may become. */
export interface PlaceRange {
  readonly minimum: number
  readonly maximum: number
}

/** The whole number in the range that is nearest to a place. */
export function nearestPlace(place: number, { minimum, maximum }: PlaceRange): number {
  return Math.min(maximum, Math.max(minimum, Math.round(place)))
}

/** Listeners of the element around a chart: pressing sets a place on the horizontal axis, and moving goes on with it. */
export function usePlaceDrag(
  chart: Readonly<Ref<PlacedChart | null>>,
  range: () => PlaceRange | undefined,
  move: (place: number) => void
) {
  let isDragging = false

  function moveTo(event: PointerEvent): void {
    const [drawn, allowed] = [chart.value, range()]
    if (drawn === null || allowed === undefined) return
    const converted = drawn.convertFromPixel('grid', pixelOf(event))
    const place = Array.isArray(converted) ? converted[0] : converted
    if (place !== undefined && Number.isFinite(place)) move(nearestPlace(place, allowed))
  }

  return {
    start: (event: PointerEvent): void => {
      const isMeant = event.button === 0 && event.isPrimary && range() !== undefined
      if (!isMeant || chart.value?.containPixel('grid', pixelOf(event)) !== true) return
      // So that the pointer may leave the chart while it is down.
      ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
      isDragging = true
      moveTo(event)
    },
    drag: (event: PointerEvent): void => {
      if (isDragging) moveTo(event)
    },
    end: (): void => {
      isDragging = false
    }
  }
}

/** Relative to the element that listens, which the chart fills. */
function pixelOf(event: PointerEvent): [number, number] {
  const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect()
  return [event.clientX - left, event.clientY - top]
}
