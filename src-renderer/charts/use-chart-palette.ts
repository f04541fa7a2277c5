import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue'
import { readChartPalette, type ChartPalette } from './chart-palette'

/** The chart colours, which follow the system when it turns light or dark. */
export function useChartPalette(): Readonly<ShallowRef<ChartPalette>> {
  const palette = shallowRef(readChartPalette())
  const scheme = window.matchMedia('(prefers-color-scheme: dark)')
  function update(): void {
    palette.value = readChartPalette()
  }
  onMounted(() => {
    scheme.addEventListener('change', update)
  })
  onBeforeUnmount(() => {
    scheme.removeEventListener('change', update)
  })
  return palette
}
