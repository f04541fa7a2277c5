import { computed, ref } from 'vue'
import type { TrialReport } from '@contract/trial'
import { nextOrder, sortTrials, type TrialOrder } from './sort-trials'
import type { TrialColumn } from './trial-columns'

/**
 * The order that the user gives a table of trials by its headings.
 *
 * All trials are put in order once, so that choosing among them sorts nothing.
 *
 * - `studied` all trials of the study, `shown` those chosen among them, `columns` what can be sorted by.
 */
export function useTrialOrder(
  studied: () => readonly TrialReport[],
  shown: () => readonly TrialReport[],
  columns: () => readonly TrialColumn[]
) {
  const order = ref<TrialOrder>()
  /** Undefined: as they were written. */
  const ordered = computed(() => {
    const column = columns().find(({ id }) => id === order.value?.columnId)
    if (column === undefined || order.value === undefined) return undefined
    return sortTrials(studied(), (trial) => column.sortValue(trial), order.value.direction)
  })
  const sorted = computed(() => {
    if (ordered.value === undefined) return shown()
    if (shown() === studied()) return ordered.value
    const chosen = new Set(shown())
    return ordered.value.filter((trial) => chosen.has(trial))
  })
  return {
    sorted,
    directionOf: ({ id }: TrialColumn): TrialOrder['direction'] | 'none' =>
      order.value?.columnId === id ? order.value.direction : 'none',
    sortBy: ({ id }: TrialColumn): void => {
      order.value = nextOrder(order.value, id)
    }
  }
}
