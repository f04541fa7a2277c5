import { availableParallelism } from 'node:os'
import { assertNever } from '../base/assert-never'
import type { ModelSpectra } from '@contract/spectra'
import { studyOriginSchema, type StudyReport } from '@contract/trial'
import type { EngineLauncher } from '../engine/launcher'
import { writeFile } from '../workspace/files'
import { chooseUtterances } from './choose-utterances'
import { studyDocument } from './report/study-document'
import { tradeOffColumns } from './report/trade-off-table'
import type { ServiceOptions } from './requests'
import { showStudy } from './show-study'
import { recordsOf } from './utterance-records'
import { withEngine } from './with-engine'
import { withWorkspace } from './with-workspace'

export const reportFormats = ['html', 'csv', 'svg', 'latex', 'markdown'] as const
export type ReportFormat = (typeof reportFormats)[number]

/** What the single chart of the format `svg` plots error rates against. */
export const reportCosts = ['size', 'parameters', 'macs', 'latency', 'speed', 'memory'] as const
export type ReportCost = (typeof reportCosts)[number]

export interface ReportRequest {
  readonly workspaceFolder: string
  /** Study id, a prefix of it, or its name. */
  readonly study: string
  readonly format: ReportFormat
  readonly cost: ReportCost
  /** File to write; its folder is made, an old one is replaced. Undefined: nothing is written. */
  readonly outputPath: string | undefined
  /** Whether the format `html` shows the spectra of the layers; what is not cached is decomposed. */
  readonly withSpectra: boolean
}

/**
 * A study as a document in one text. Finished or not: trials without a result are named as such.
 *
 * @throws WorkbenchError as `showStudy`; `io` when the file cannot be written.
 */
export async function reportStudy(
  launcher: EngineLauncher,
  request: ReportRequest,
  options: ServiceOptions = {}
): Promise<string> {
  const report = showStudy(request.workspaceFolder, request.study)
  const spectra =
    request.withSpectra && request.format === 'html'
      ? await spectraOf(launcher, request.workspaceFolder, report.study.studyId, options)
      : undefined
  const text = await render(report, request, spectra)
  if (request.outputPath !== undefined) await writeFile(request.outputPath, new TextEncoder().encode(text))
  return text
}

/** Drawing needs a chart engine, so its modules are only loaded by those who ask for a drawing. */
async function render(
  report: StudyReport,
  request: ReportRequest,
  spectra: ModelSpectra | undefined
): Promise<string> {
  const { format, cost } = request
  switch (format) {
    case 'html':
      return renderHtml(report, request, spectra)
    case 'svg':
      return (await import('../report/trade-off-section')).tradeOffSvg(report.trials, cost)
    case 'csv':
      return (await import('../report/csv-report')).csvReport(report.trials)
    case 'latex':
      return (await import('../report/latex-table')).latexTable(report, tradeOffColumns)
    case 'markdown':
      return studyDocument(report)
    default:
      return assertNever(format)
  }
}

async function renderHtml(
  report: StudyReport,
  { workspaceFolder }: ReportRequest,
  spectra: ModelSpectra | undefined
): Promise<string> {
  const { htmlReport } = await import('../report/html-report')
  return withWorkspace(workspaceFolder, (workspace) => {
    const { recipe, createdAt } = workspace.records.findStudy(report.study.studyId)
    return htmlReport({
      report,
      recipe: studyOriginSchema.parse(recipe).recipe,
      createdAt,
      columns: tradeOffColumns,
      utterances: chooseUtterances(report.trials, recordsOf(workspace)),
      spectra
    })
  })
}

/** Of the model as the study used it: with its choice of layers, calibrated on its calibration set. */
async function spectraOf(
  launcher: EngineLauncher,
  workspaceFolder: string,
  studyId: string,
  options: ServiceOptions
): Promise<ModelSpectra> {
  const { recipe, modelPath, calibrationPath, calibrationHash } = withWorkspace(
    workspaceFolder,
    ({ records }) => studyOriginSchema.parse(records.findStudy(studyId).recipe)
  )
  const { resample, skipUnreadable } = recipe.evaluation
  return withEngine(launcher, (engine) =>
    engine.request(
      'model.spectra',
      {
        modelPath,
        calibrationPath: calibrationPath ?? undefined,
        calibrationHash: calibrationPath === null ? undefined : calibrationHash,
        workspaceFolder,
        resample,
        skipUnreadable,
        threads: availableParallelism(),
        selection: recipe.layers,
        damping: recipe.damping
      },
      options
    )
  )
}
