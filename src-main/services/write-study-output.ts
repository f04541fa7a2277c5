import { join } from 'node:path'
import type { StudyReport, TrialReport } from '@contract/trial'
import type { EngineLauncher } from '../engine/launcher'
import { readFileIfPresent, writeFile } from '../workspace/files'
import { exportTrialWith } from './export-trial'
import { studyDocument, trialFolderName } from './report/study-document'
import type { ServiceOptions } from './requests'
import { withEngine } from './with-engine'

export interface StudyOutput {
  readonly workspaceFolder: string
  readonly outputFolder: string
}

/**
 * Writes a study for use outside Lathe: `results.json`, `report.md`, and one folder per compressed model under
 * `models/`. Models that are there already from an earlier run of the same study are left alone.
 *
 * @throws WorkbenchError `conflict` when a model's folder holds something else.
 */
export async function writeStudyOutput(
  launcher: EngineLauncher,
  report: StudyReport,
  { workspaceFolder, outputFolder }: StudyOutput,
  options: ServiceOptions = {}
): Promise<void> {
  await writeText(join(outputFolder, 'results.json'), `${JSON.stringify(report, null, 2)}\n`)
  await writeText(join(outputFolder, 'report.md'), studyDocument(report))
  const made = report.trials.filter(({ state, method }) => state === 'completed' && method !== 'baseline')
  // One engine for all of them; it starts when the first is exported.
  await withEngine(launcher, async (engine) => {
    for (const [index, trial] of made.entries()) {
      const folder = join(outputFolder, 'models', trialFolderName(trial.name))
      if (!isExported(folder, trial)) {
        const request = { workspaceFolder, study: report.study.studyId, trial: trial.trialId }
        await exportTrialWith(engine, { ...request, outputFolder: folder }, options)
      }
      options.onProgress?.({
        stage: 'export models',
        completed: index + 1,
        total: made.length,
        unit: 'models'
      })
    }
  })
}

function writeText(path: string, text: string): Promise<unknown> {
  return writeFile(path, new TextEncoder().encode(text))
}

/** The plan that an export carries names the model it belongs to. */
function isExported(folder: string, { modelHash }: TrialReport): boolean {
  const plan = readFileIfPresent(join(folder, 'lathe-plan.json'))
  return plan !== undefined && modelHash !== undefined && plan.includes(`"modelHash": "${modelHash}"`)
}
