/** Parts that plain charts of lines and bars share. */
import type { ChartPalette } from './chart-palette'

/** How the axis of a number looks, with its name in the middle beside it. */
export function numberAxis(name: string, palette: ChartPalette, nameGap: number) {
  return {
    name,
    nameLocation: 'middle' as const,
    nameGap,
    nameTextStyle: { color: palette.muted },
    axisLabel: { color: palette.muted, hideOverlap: true },
    axisLine: { show: true, lineStyle: { color: palette.lineStrong } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: palette.line } }
  }
}

export const chartFont = { fontFamily: 'system-ui, sans-serif' }

export function tooltipStyle(palette: ChartPalette) {
  return {
    confine: true,
    backgroundColor: palette.panel,
    borderColor: palette.lineStrong,
    textStyle: { color: palette.ink, fontSize: 13 }
  }
}
