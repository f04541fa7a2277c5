import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue'
import { chartPalette, type ChartPalette } from './chart-palette'

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

/** The colours as the page's style sheet says at this moment. */
function readChartPalette(): ChartPalette {
  const style = getComputedStyle(document.documentElement)
  return chartPalette((property) => style.getPropertyValue(property).trim())
}
