/** The colours a chart is drawn with. */
export interface ChartPalette {
  readonly ink: string
  readonly muted: string
  readonly line: string
  readonly lineStrong: string
  readonly panel: string
  readonly weightSvd: string
  readonly whitenedSvd: string
  readonly outputPca: string
  readonly front: string
}

/** The colours of the page as its style sheet says at this moment (app/tokens.css). */
export function readChartPalette(): ChartPalette {
  const style = getComputedStyle(document.documentElement)
  const color = (name: string) => style.getPropertyValue(name).trim()
  return {
    ink: color('--ink'),
    muted: color('--muted'),
    line: color('--line'),
    lineStrong: color('--line-strong'),
    panel: color('--panel'),
    weightSvd: color('--weight-svd'),
    whitenedSvd: color('--whitened-svd'),
    outputPca: color('--output-pca'),
    front: color('--front')
  }
}
