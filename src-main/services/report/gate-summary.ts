import type { StudyReport, TrialReport } from '@contract/trial'
import { bestTier, passesAll } from '../../study/gates'
import { describeGate, formatGateFigure } from '../../study/gate-text'
import { formatTable, type Column } from './text-table'

/** What the gates say of each tier, and which tier to take, as lines of text; none when the recipe has no gates. */
export function gateSummary({ study, trials }: StudyReport): string[] {
  const judged = trials.filter(({ gates }) => gates !== undefined && gates.length > 0)
  const gates = judged[0]?.gates ?? []
  if (gates.length === 0) return []
  const columns: Column<TrialReport>[] = [
    { title: 'tier', align: 'left', cell: ({ name }) => name },
    ...gates.map(({ gate }, index): Column<TrialReport> => ({
      title: describeGate(gate),
      align: 'left',
      cell: (trial) => {
        const verdict = trial.gates?.[index]
        return verdict === undefined ? '-' : `${verdict.verdict}: ${formatGateFigure(verdict)}`
      }
    })),
    { title: 'all', align: 'left', cell: (trial) => (passesAll(trial.gates ?? []) ? 'passed' : 'not passed') }
  ]
  return [
    `Gates, decided on the ${study.selectedOn} set`,
    formatTable(judged, columns),
    bestTierSentence(trials)
  ]
}

function bestTierSentence(trials: readonly TrialReport[]): string {
  const best = bestTier(trials)
  return best === undefined
    ? 'No tier passes all gates; undecided counts as not passed.'
    : `Smallest tier that passes all gates: ${best.name}`
}

/** Whether the recipe has gates and no tier passes them all. */
export function failsGates(trials: readonly TrialReport[]): boolean {
  return trials.some(({ gates }) => (gates ?? []).length > 0) && bestTier(trials) === undefined
}
