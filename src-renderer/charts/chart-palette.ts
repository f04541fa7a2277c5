/** The colours a chart is drawn with. */
export interface ChartPalette {
  readonly ink: string
  readonly muted: string
  readonly line: string
  readonly lineStrong: string
  readonly panel: string
  readonly weightSvd: string
  readonly asvd: string
  readonly whitenedSvd: string
  readonly outputPca: string
  readonly front: string
}

/** The palette of a style sheet. `color` gives what stands for one of its properties (app/tokens.css). */
export function chartPalette(color: (property: string) => string): ChartPalette {
  return {
    ink: color('--ink'),
    muted: color('--muted'),
    line: color('--line'),
    lineStrong: color('--line-strong'),
    panel: color('--panel'),
    weightSvd: color('--weight-svd'),
    asvd: color('--asvd'),
    whitenedSvd: color('--whitened-svd'),
    outputPca: color('--output-pca'),
    front: color('--front')
  }
}
