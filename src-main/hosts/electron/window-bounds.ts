/** Where the window opens: where it was, if that place still exists. */
import type { WindowBounds } from '../../services/shell-state'

export const defaultSize = { width: 1280, height: 800 } as const
export const minimumSize = { width: 480, height: 400 } as const

/** How much of the window's upper edge must be seen to take hold of it, in pixels. */
const handle = { width: 120, height: 40 } as const

/**
 * Bounds to open a window with; without a place, the system chooses one.
 *
 * - `remembered` where the window was.
 * - `workAreas`  of the displays that are there now, the main one first: a display may have been taken away since.
 */
export function boundsOnScreen(
  remembered: WindowBounds | undefined,
  workAreas: readonly WindowBounds[]
): { readonly x?: number; readonly y?: number; readonly width: number; readonly height: number } {
  const area =
    remembered === undefined ? workAreas[0] : workAreas.find((each) => isWithinReach(remembered, each))
  const limit = area ?? workAreas[0]
  const width = clamp(remembered?.width ?? defaultSize.width, minimumSize.width, limit?.width)
  const height = clamp(remembered?.height ?? defaultSize.height, minimumSize.height, limit?.height)
  if (remembered === undefined || area === undefined) return { width, height }
  return { x: Math.round(remembered.x), y: Math.round(remembered.y), width, height }
}

function isWithinReach(bounds: WindowBounds, area: WindowBounds): boolean {
  const seenWidth = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x)
  const isTopSeen = bounds.y >= area.y && bounds.y + handle.height <= area.y + area.height
  return seenWidth >= handle.width && isTopSeen
}

function clamp(size: number, least: number, most: number | undefined): number {
  return Math.round(Math.max(least, Math.min(size, most ?? size)))
}
