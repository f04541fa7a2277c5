import { useVirtualizer } from '@tanstack/vue-virtual'
import { computed, type ComputedRef } from 'vue'

/** The rows of a long table that are in sight, and the room that stands for the others, in pixels. */
export interface RowWindow<Row> {
  readonly rows: ComputedRef<readonly { readonly index: number; readonly row: Row }[]>
  readonly above: ComputedRef<number>
  readonly below: ComputedRef<number>
}

/** Follows the scrolling of an element whose rows are all of one height, so that places need not be measured. */
export function useRowWindow<Row>(
  all: () => readonly Row[],
  scroller: () => HTMLElement | null,
  rowHeight: number
): RowWindow<Row> {
  const virtualizer = useVirtualizer(
    computed(() => ({
      count: all().length,
      getScrollElement: scroller,
      estimateSize: () => rowHeight,
      overscan: 8
    }))
  )
  const items = computed(() => virtualizer.value.getVirtualItems())
  return {
    rows: computed(() =>
      items.value.flatMap(({ index }) => {
        const row = all()[index]
        return row === undefined ? [] : [{ index, row }]
      })
    ),
    above: computed(() => items.value[0]?.start ?? 0),
    below: computed(() => virtualizer.value.getTotalSize() - (items.value.at(-1)?.end ?? 0))
  }
}
