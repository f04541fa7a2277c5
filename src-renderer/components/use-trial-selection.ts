import { computed, shallowRef, ref, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { TrialReport } from '@contract/trial'
import { figureColumns, rowsOutside, type FigureColumns, type FigureRange } from '../charts/figures'

/** What is chosen among the trials of a study by brushing charts and by searching; shared by charts and table. */
export interface TrialSelection {
  /** Ranges drawn on the chart of errors against cost. */
  readonly brushed: ShallowRef<readonly FigureRange[]>
  /** Ranges drawn on the parallel axes. */
  readonly ranged: ShallowRef<readonly FigureRange[]>
  readonly search: Ref<string>
  readonly columns: ComputedRef<FigureColumns>
  /** Undefined while nothing narrows the choice. */
  readonly chosen: ComputedRef<ReadonlySet<string> | undefined>
  /** In the order of the study. */
  readonly chosenTrials: ComputedRef<readonly TrialReport[]>
  clear(): void
}

/** Trials that lie in the brush of the chart and in the ranges of the axes and hold every word of the search. */
export function useTrialSelection(trials: () => readonly TrialReport[], study: () => string): TrialSelection {
  const brushed = shallowRef<readonly FigureRange[]>([])
  const ranged = shallowRef<readonly FigureRange[]>([])
  const search = ref('')
  const columns = computed(() => figureColumns(trials()))
  const searchTexts = computed(() =>
    trials().map(({ name, method, precision, rankPolicy, state }) =>
      [name, method, precision, rankPolicy, state].join(' ').toLowerCase()
    )
  )

  const chosenTrials = computed<readonly TrialReport[]>(() => {
    const words = search.value
      .toLowerCase()
      .split(/\s+/u)
      .filter((word) => word !== '')
    if (words.length === 0 && brushed.value.length === 0 && ranged.value.length === 0) return trials()
    // Both charts may choose by the same figure; then both choices count.
    const outside = rowsOutside(columns.value, ranged.value, rowsOutside(columns.value, brushed.value))
    const texts = words.length === 0 ? [] : searchTexts.value
    return trials().filter(
      (_, row) => outside[row] === 0 && words.every((word) => texts[row]?.includes(word) === true)
    )
  })
  const chosen = computed(() =>
    chosenTrials.value === trials() ? undefined : new Set(chosenTrials.value.map(({ trialId }) => trialId))
  )

  function clear(): void {
    brushed.value = []
    ranged.value = []
    search.value = ''
  }

  watch(study, clear)

  return { brushed, ranged, search, columns, chosen, chosenTrials, clear }
}
