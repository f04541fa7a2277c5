/** Where the names of marks stand so that none lies on another one, on a mark, or over the edge. Pure, in pixels. */

/** A rectangle by its upper left corner. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A name and the middle of the mark that it belongs to. */
export interface LabelWish {
  readonly x: number
  readonly y: number
  readonly text: string
}

/** The name as it is shown, perhaps shortened, in its place. */
export interface PlacedLabel {
  readonly box: Box
  readonly text: string
  readonly side: 'left' | 'right'
  /** Whether it stands so far above or below its mark that a line must lead there. */
  readonly isShifted: boolean
}

export interface LabelGround {
  /** Every name lies inside it. */
  readonly area: Box
  /** No name lies on these. */
  readonly taken: readonly Box[]
  /** Names lie on these only when there is no other place. */
  readonly avoided: readonly Box[]
  /** From the middle of a mark to where its name begins. */
  readonly distance: number
}

export const labelFontPixels = 12
const lineHeight = 16
/** Names are shortened to the next of these only when they find no place. */
const lengths = [32, 20, 12]
/** Beside the mark, then ever further above and below it, in lines. */
const shifts = [0, -1, 1, -1.5, 1.5, -2, 2, -3, 3, -4, 4, -5, 5]

/** One place for each name, in order; undefined where even a short one has none, so that only the mark stays. */
export function placeLabels(
  wishes: readonly LabelWish[],
  { area, taken, avoided, distance }: LabelGround
): readonly (PlacedLabel | undefined)[] {
  const full = [...taken]
  return wishes.map((wish) => {
    const isFree = (box: Box, others: readonly Box[]) =>
      isInside(box, area) && !others.some((other) => intersect(box, other))
    const places = placesOf(wish, distance)
    const found =
      places.find(({ box }) => isFree(box, full) && isFree(box, avoided)) ??
      places.find(({ box }) => isFree(box, full))
    if (found !== undefined) full.push(found.box)
    return found
  })
}

/** All places of a name, the best first. */
function placesOf({ x, y, text }: LabelWish, distance: number): PlacedLabel[] {
  const texts = [...new Set(lengths.map((length) => shortened(text, length)))]
  return texts.flatMap((shown) => {
    const width = textWidth(shown)
    return shifts.flatMap((shift) =>
      (['left', 'right'] as const).map((side) => ({
        text: shown,
        side,
        isShifted: Math.abs(shift) > 1,
        box: {
          x: side === 'left' ? x - distance - width : x + distance,
          y: y + shift * lineHeight - lineHeight / 2,
          width,
          height: lineHeight
        }
      }))
    )
  })
}

/** Without its middle when it is too long: names of trials differ at their end too. */
export function shortened(text: string, length: number): string {
  const letters = [...text]
  if (letters.length <= length) return text
  const head = Math.ceil((length - 1) / 2)
  return [...letters.slice(0, head), '…', ...letters.slice(1 + head - length)].join('')
}

/** The width of a bold text, rather too large than too small: what draws it must cut what is beyond. */
export function textWidth(text: string): number {
  let width = 0
  for (const letter of text) width += letter > '\u2e80' ? 1 : /[A-Zmw%@…]/u.test(letter) ? 0.92 : 0.66
  return Math.ceil(width * labelFontPixels)
}

function isInside(box: Box, area: Box): boolean {
  return (
    box.x >= area.x &&
    box.y >= area.y &&
    box.x + box.width <= area.x + area.width &&
    box.y + box.height <= area.y + area.height
  )
}

/** Edges that touch do not count. */
export function intersect(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}
