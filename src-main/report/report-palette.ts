import { WorkbenchError } from '@contract/errors'
import { chartPalette, type ChartPalette } from '../../src-renderer/charts/chart-palette'
import tokens from '../../src-renderer/app/tokens.css?raw'

/** Colours and measures of the page, light and dark: the window's own. */
export const colorTokens = tokens

/** Colours by reference to the style sheet, so that one drawing is right in light and in dark. */
export const pagePalette: ChartPalette = chartPalette((property) => `var(${property})`)

/** The light colours themselves, for a drawing that leaves the page: other programs know no style sheet. */
export function printPalette(): ChartPalette {
  return chartPalette((property) => {
    // The light values come first in the file, the dark ones repeat the names.
    const color = new RegExp(`${property}:\\s*(#[0-9a-f]{6});`).exec(tokens)?.[1]
    if (color !== undefined) return color
    throw new WorkbenchError('internal', `The style sheet of the page has no colour '${property}'.`)
  })
}
