import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { WorkbenchError } from '@contract/errors'
import type { ExportedTier } from '@contract/export'
import type { StudyReport, TrialReport } from '@contract/trial'
import { useHost } from '../app/host'
import { failureMessage } from '../format/failure-message'

/** A tier that was asked for, and how far it is. */
export interface TierExport {
  readonly trialId: string
  readonly trialName: string
  readonly studyName: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  /** Of a tier that is done. */
  readonly exported?: ExportedTier
  /** Why it failed. */
  readonly failure?: string
}

/** Tiers that are written to disk, one after the other; goes on while another view is shown. */
export const useExportsStore = defineStore('exports', () => {
  const host = useHost()
  /** Of the last time that tiers were exported. */
  const tiers = shallowRef<readonly TierExport[]>([])
  const isRunning = ref(false)
  /** Where the user exports to; kept for the next study. */
  const folder = ref<string>()
  let stop: AbortController | undefined

  const ended = computed(
    () => tiers.value.filter(({ state }) => state !== 'waiting' && state !== 'running').length
  )

  /** Exports trials of a study into folders of their own inside `folder`. Does nothing while others are exported. */
  async function run(study: StudyReport['study'], trials: readonly TrialReport[]): Promise<void> {
    const target = folder.value
    if (isRunning.value || trials.length === 0 || target === undefined) return
    isRunning.value = true
    stop = new AbortController()
    const { signal } = stop
    tiers.value = trials.map(({ trialId, name }) => ({
      trialId,
      trialName: name,
      studyName: study.name,
      state: 'waiting'
    }))
    for (const trial of trials) {
      if (signal.aborted) set(trial.trialId, { state: 'cancelled' })
      else await exportOne(trial, { studyId: study.studyId, studyName: study.name, target, signal })
    }
    isRunning.value = false
  }

  async function exportOne(
    { trialId, name }: TrialReport,
    to: { studyId: string; studyName: string; target: string; signal: AbortSignal }
  ): Promise<void> {
    set(trialId, { state: 'running' })
    try {
      const { studyId, studyName, target, signal } = to
      const exported = await host.call(
        'export.tier',
        { study: studyId, trial: trialId, folder: target, name: `${studyName} ${name}`.slice(0, 200) },
        { signal }
      )
      set(trialId, { state: 'done', exported })
    } catch (thrown) {
      const isCancelled = thrown instanceof WorkbenchError && thrown.code === 'cancelled'
      set(
        trialId,
        isCancelled ? { state: 'cancelled' } : { state: 'failed', failure: failureMessage(thrown) }
      )
    }
  }

  function set(trialId: string, change: Partial<TierExport>): void {
    tiers.value = tiers.value.map((tier) => (tier.trialId === trialId ? { ...tier, ...change } : tier))
  }

  /** Stops after taking back the tier in hand; folders that are complete stay. */
  function cancel(): void {
    stop?.abort()
  }

  return { tiers, folder, isRunning, ended, run, cancel }
})
